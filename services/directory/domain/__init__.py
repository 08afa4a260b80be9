"""Pure: accounts, who may administer whom, how often a password may be guessed, the order of Vietnamese names."""
