"""`tablekit live`: what is on AWS under a family's names, against its declaration; nothing is written there."""
