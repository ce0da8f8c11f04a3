"""What libraries write when they are imported, and how it is kept out of the person's folders.

Nothing is redirected that is there already: the person's own settings and caches are read.
"""

import glob
import os
import shutil

PLACES = (
    ("KERAS_HOME", (".keras", "keras.json")),
    ("CUDA_CACHE_PATH", (".nv", "ComputeCache")),
    ("TRITON_CACHE_DIR", (".triton",)),
    ("TORCHINDUCTOR_CACHE_DIR", ()),
    ("HF_HOME", (".cache", "huggingface")),
)
"""Variable that says where something is written, and where below the home folder it would be without it."""


def leave_none(folder):
    """Have what would be made anew be made in `folder`, which is removed afterwards."""
    home = os.path.expanduser("~")
    for variable, place in PLACES:
        if not os.environ.get(variable) and not (place and os.path.exists(os.path.join(home, *place))):
            os.environ[variable] = os.path.join(folder, variable.lower())


def keep_matplotlib_from_writing(folder):
    """Let its font cache be made in a folder that is removed afterwards; the person's own cache and settings are read.

    Without this a first import writes ~/.cache/matplotlib and ~/.config/matplotlib.
    """
    os.environ["MPLBACKEND"] = "Agg"
    if os.environ.get("MPLCONFIGDIR"):
        own = caches = [os.environ["MPLCONFIGDIR"]]
    else:
        home = os.path.expanduser("~")
        own = [
            os.path.join(os.environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config"), "matplotlib"),
            os.path.join(home, ".matplotlib"),
        ]
        caches = [
            os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.join(home, ".cache"), "matplotlib"),
            os.path.join(home, ".matplotlib"),
        ]
    scratch = os.path.join(folder, "matplotlib")
    os.makedirs(scratch, exist_ok=True)
    for cache in caches:
        for file in glob.glob(os.path.join(glob.escape(cache), "fontlist-v*.json")):
            try:
                shutil.copy(file, scratch)
            except OSError:
                pass
    for settings in own:
        file = os.path.join(settings, "matplotlibrc")
        if os.path.isfile(file):
            os.environ.setdefault("MATPLOTLIBRC", file)
    os.environ["MPLCONFIGDIR"] = scratch
