"""`goodwill`, the default rule set: two dimensions of trust per party, wounds that heal by recovery, bonds that people carry."""
