"""Pure: what may stand in the files of an import, what they come to, who may administer whom, how often one may guess."""
