"""Rule sets: what one is, its parameters, those that come with journey, and how to load one."""
