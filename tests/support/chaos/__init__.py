"""A whole installation under load while everything fails, and the proof that nothing was lost or doubled: `make chaos`.

`clients` keep a `history` of what they asked for and what was acknowledged; the `nemesis` carries out the `fault_plan` of a seed;
at the end `inspection` reads every service, topic and mailbox, and the `checker` compares the two.
"""
