"""All SQL of notify: the ledger as handlers see it, the sender's queue, the reader's lists."""
