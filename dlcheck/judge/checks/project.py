"""The working folder: files that are not what their names say, and files that were made for another machine."""

from __future__ import annotations

from dlcheck.judge.advice.files import remove_files
from dlcheck.judge.advice.install import judged_python
from dlcheck.judge.advice.shell import command
from dlcheck.judge.advice.system import SystemPackage, admin_needs, install_program
from dlcheck.judge.check import NOTE, WARN, Verdict, bad, check, note, ok, skip
from dlcheck.model.gaps import known
from dlcheck.model.report import Command, Fix, Need
from dlcheck.model.snapshot import Snapshot
from dlcheck.model.tools import Project

LAYER = "hygiene"

GIT_LFS = SystemPackage(
    apt="git-lfs",
    dnf="git-lfs",
    pacman="git-lfs",
    zypper="git-lfs",
    apk="git-lfs",
    brew="git-lfs",
    winget="GitHub.GitLFS",
)
NAMED = 5
"""So many files are named; of more, the count."""
_PLAIN_ENDS = (
    "import pathlib, sys; "
    "[one.write_bytes(one.read_bytes().replace(b'\\r\\n', b'\\n')) for one in map(pathlib.Path, sys.argv[1:])]"
)


@check(WARN, pillar="system", after=("git-missing",), since="0.1")
def data_are_lfs_pointers(project: Project, snapshot: Snapshot) -> Verdict:
    """Data or weights in the working folder are only pointers of Git LFS.

    The repository was cloned without Git LFS, or downloaded as a ZIP: in the place of each large file lie three lines
    of text. Loading it ends with "invalid load key, 'v'", with "Weights only load failed … Unsupported operand 118",
    which has nothing to do with the version of PyTorch, or with "header too large".

    How it is told: the first line of small files with the endings of data, weights and pictures.

    Known false alarms: none; a file that begins with that line is a pointer. A quota of the server that is used up
    makes `git lfs pull` fail, too.

    Sources: github.com/mit-han-lab/smoothquant/issues/13, github.com/git-lfs/git-lfs/issues/4366.
    """
    found = _odd(project, "lfs-pointer")
    if not found:
        return ok(f"{project.looked_at} files looked at")
    if not project.is_repository:
        title = "clone the repository with git, with Git LFS installed: a ZIP holds the pointers alone"
        return bad(*_named(found), fixes=(Fix(title=title),))
    git = snapshot.git.value
    steps: tuple[Command, ...] = ()
    needs: tuple[Need, ...] = ("network",)
    if git is None or known(git.lfs_version) is None:
        steps, needs = install_program(snapshot, GIT_LFS), admin_needs(snapshot)
    words = ("git", "-C", snapshot.working_folder, "lfs")
    pull = (command(snapshot, *words, "install"), command(snapshot, *words, "pull"))
    verify = command(snapshot, *words, "ls-files")
    fix = Fix(title="let Git LFS bring the files", commands=(*steps, *pull), needs=needs, verify=verify)
    return bad(*_named(found), fixes=(fix,))


@check(WARN, pillar="system", since="0.1")
def web_page_saved_as_data(project: Project, snapshot: Snapshot) -> Verdict:
    """A web page was saved under the name of data or weights.

    A warning of Google Drive, a page for signing in, or GitHub's page around a file came in the place of the file.
    Loading it ends with "invalid load key, '<'", "Unsupported operand 60", or "File is not a zip file".

    How it is told: files with the endings of weights, archives and tables that begin as HTML does.

    Known false alarms: none known; HTML and XML under their own endings are not looked at.

    Sources: github.com/pytorch/pytorch/issues/16203.
    """
    found = _odd(project, "web-page")
    if not found:
        return ok(f"{project.looked_at} files looked at")
    title = (
        "delete what is none, and download it anew: by the browser, by gdown --fuzzy, or from GitHub's 'raw' address"
    )
    return bad(*_named(found), fixes=(Fix(title=title, commands=(remove_files(snapshot, found),)),))


@check(WARN, pillar="system", since="0.1")
def scripts_with_windows_line_ends(project: Project, snapshot: Snapshot) -> Verdict:
    """Scripts have the line ends of Windows, so the shell does not find what runs them.

    "/usr/bin/env: 'python3^M': No such file or directory", or "cannot execute: required file not found": git on
    Windows wrote them with carriage returns, and they are run in WSL or a container.

    How it is told: the first line of scripts, where it begins with #!.

    Known false alarms: scripts that are given to an interpreter by name run all the same.

    Sources: github.com/pyenv/pyenv/issues/1725, github.com/tiangolo/uwsgi-nginx-flask-docker/issues/127.
    """
    found = _odd(project, "windows-line-ends")
    if not found:
        return ok(f"{project.looked_at} files looked at")
    step = command(snapshot, judged_python(snapshot), "-c", _PLAIN_ENDS, *found)
    title = "write them with plain line ends, and put `* text=auto eol=lf` into .gitattributes"
    return bad(*_named(found), fixes=(Fix(title=title, commands=(step,)),))


@check(WARN, pillar="python", since="0.1")
def conda_file_of_another_system(project: Project) -> Verdict:
    """environment.yml was written on another operating system.

    `conda env create` ends with ResolvePackageNotFound or PackagesNotFoundError: `conda env export` writes down every
    package with its build, and builds exist for one system alone.

    How it is told: packages in environment.yml that only another system has; pins of builds alone are a note.

    Known false alarms: builds that were pinned on the same system may still be had.

    Sources: github.com/conda/conda/issues/7311, github.com/datitran/object_detector_app/issues/41.
    """
    if not project.conda_file:
        return skip("there is no environment.yml here")
    title = "ask for one made by `conda env export --from-history`, or take the builds and these packages out of it"
    fix = Fix(title=title)
    if project.conda_file_foreign:
        return bad(f"{project.conda_file} names {', '.join(project.conda_file_foreign)}", fixes=(fix,))
    if project.conda_file_builds:
        return note(f"{project.conda_file} pins the builds of {project.conda_file_builds} packages", fixes=(fix,))
    return ok(project.conda_file)


@check(NOTE, pillar="system", since="0.1")
def folder_from_an_archive(project: Project) -> Verdict:
    """The material was downloaded as an archive, and lies one folder deeper than its paths say.

    GitHub's ZIP unpacks to course-main/course-main. It holds pointers in the place of what Git LFS keeps, no
    submodules, and cannot be brought up to date.

    How it is told: a folder that ends with -main or -master inside one of the same name, and no git repository.

    Known false alarms: for looking something up an archive is as good; it is a note.

    Sources: github.com/wesm/pydata-book/issues/31, github.com/SEN1221TUD/Q2_2024/issues/9.
    """
    if not project.archive_folder:
        return ok("not from an archive")
    title = f"open {project.archive_folder} itself, or clone the repository with git, which can bring it up to date"
    return note(project.archive_folder, fixes=(Fix(title=title),))


@check(WARN, pillar="python", since="0.1")
def editor_python_missing(project: Project) -> Verdict:
    """VS Code is set to a Python that is not there.

    What runs in the terminal then fails in the editor: the settings of the folder name an environment that was
    deleted, or one of somebody else's computer.

    How it is told: python.defaultInterpreterPath in .vscode/settings.json.

    Known false alarms: what was chosen in the editor's window is kept elsewhere and is not seen; names with variables
    of the editor are passed over.

    Sources: github.com/microsoft/vscode-jupyter/issues/491.
    """
    named = known(project.editor_python)
    if named is None:
        return skip("the folder's settings name none")
    if project.editor_python_exists:
        return ok(named)
    title = "choose one in VS Code: Ctrl+Shift+P (Cmd on a Mac), 'Python: Select Interpreter', and take the setting out"
    return bad(f".vscode/settings.json names {named}, which is not there", fixes=(Fix(title=title),))


def _odd(project: Project, kind: str) -> list[str]:
    return [one.path for one in project.odd if one.kind == kind]


def _named(paths: list[str]) -> list[str]:
    return [*paths[:NAMED], *([f"and {len(paths) - NAMED} more"] if len(paths) > NAMED else [])]
