"""Is this machine ready for deep learning, and if not, what exactly is to be done?"""

__version__ = "0.1.0"
