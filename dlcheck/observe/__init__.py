"""How facts come to be: probes of this machine, and workers inside the judged interpreter."""
