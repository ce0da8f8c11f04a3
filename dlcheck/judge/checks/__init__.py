"""One diagnosis, one function; grouped by subject. A module here is found by itself."""
