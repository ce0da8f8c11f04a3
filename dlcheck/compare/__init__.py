"""Several documents become one: what changed between two, and what a whole class of machines has and needs."""
