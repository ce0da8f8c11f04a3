"""The certificates that the judged Python trusts, and OpenSSL's version."""

import os

from . import shadows

OF_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT")
"""Variables that name a file or folder of trusted certificates."""


def facts():
    """The fields of `Interpreter` about them."""
    variables = {name: os.environ[name] for name in OF_CERTIFICATES if os.environ.get(name)}
    return dict(trust(), lost_certificates={name: path for name, path in variables.items() if is_lost(path)})


def trust():
    """OpenSSL's version, and where Python's own downloads find the certificates they trust."""
    if not shadows.can_find("_ssl"):
        return {"openssl": {"gap": "absent"}}
    try:
        import _ssl

        version = " ".join(_ssl.OPENSSL_VERSION.split()[:2])
        if os.name == "nt":
            return {"openssl": version}
        file_variable, file, folder_variable, folder = _ssl.get_default_verify_paths()
    except Exception as error:
        return {"openssl": {"gap": "broken", "why": "%s: %s" % (type(error).__name__, error)}}
    file, folder = os.environ.get(file_variable) or file, os.environ.get(folder_variable) or folder
    if os.path.isfile(file) or has_entries(folder):
        return {"openssl": version, "certificates": file if os.path.isfile(file) else folder}
    return {"openssl": version, "certificates": {"gap": "absent", "why": "neither %s nor %s" % (file, folder)}}


def has_entries(folder):
    """Is there anything in this folder?"""
    try:
        with os.scandir(folder) as listed:
            return next(iter(listed), None) is not None
    except OSError:
        return False


def is_lost(path):
    """Is there no such file? One that may not be looked at is not lost."""
    try:
        os.stat(path)
    except FileNotFoundError:
        return True
    except (OSError, ValueError):
        pass
    return False
