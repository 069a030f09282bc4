"""What stands between the body of an act and the domain that does it: who may, with what, at which moment."""
