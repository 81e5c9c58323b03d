"""Whether what is stored is what was recorded: seals while recording, verification, proofs."""
