"""PyTorch, imported for real: its build, its devices, and one known product on each of them."""

import ctypes
import os
import warnings

from . import importing, product

LIBRARIES = (
    "libcuda.", "libcudart", "libcudnn", "libcublas", "libcufft", "libcusparse", "libcusolver", "libcurand", "libnccl",
    "libnvJitLink", "libnvrtc", "libiomp", "libomp", "libgomp", "libmkl", "libopenblas", "libamdhip64",
    "libhsa-runtime64", "librocblas", "libhipblas", "libMIOpen", "libsycl", "libze_loader",
)  # fmt: skip


def work(answer, asked):
    """Import it, ask for its build, its devices and their products, then do the exercises that are asked for."""
    if asked.get("exercises"):
        from . import exercises_torch  # before anything foreign is imported, which may spoil ours
    torch = importing.bring(answer, "torch")
    if torch is None:
        return
    answer.stage("reading torch's build")
    try:
        build(answer, torch)
    except BaseException as error:  # it calls itself torch, has a version, and is not PyTorch as it is known
        answer.missing("broken", importing.words(error), kind=type(error).__name__, traceback=importing.trace())
        return
    devices = [{"name": "cpu", "kind": "cpu"}]
    multiply(answer, torch, devices, devices[0])
    cuda(answer, torch, devices)
    metal(answer, torch, devices)
    xpu(answer, torch, devices)
    answer.facts(libraries=importing.loaded_libraries(LIBRARIES))
    if asked.get("exercises"):
        working = [device["name"] for device in devices if device.get("product_right") is True]
        exercises_torch.run(answer, torch, working, asked)


def build(answer, torch):
    """What it was built for, and what holds without any device."""
    for field in ("cuda", "hip", "xpu"):
        value = getattr(torch.version, field, None)
        if value:
            answer.facts(**{field: str(value)})
        else:
            answer.gap(field, "absent")
    # torch.cuda.get_arch_list() is empty where no GPU is available; the build's own flags are not.
    flags = getattr(torch._C, "_cuda_getArchFlags", None)
    try:
        answer.facts(arch_list=(flags() or "").split() if flags else [])
    except Exception as error:
        answer.gap("arch_list", "broken", importing.words(error))
    try:
        answer.facts(threads=torch.get_num_threads())
    except Exception as error:
        answer.gap("threads", "broken", importing.words(error))
    numpy_bridge(answer, torch)


def numpy_bridge(answer, torch):
    """Do tensors become arrays and arrays tensors?"""
    answer.stage("making a NumPy array of a tensor")
    try:
        with warnings.catch_warnings(record=True) as caught:
            array = torch.ones(3).numpy()
            answer.facts(numpy_bridge=bool(torch.from_numpy(array).sum().item() == 3.0))
    except BaseException as error:
        why = importing.words(error)
        if not importing.has("numpy"):
            answer.gap("numpy_bridge", "absent", "NumPy is not installed")
        else:
            answer.gap("numpy_bridge", "broken", " ".join((why, importing.reason(caught))).strip())


def multiply(answer, torch, devices, device):
    """The known product on one device, in float32."""

    def by_torch(left, right):
        place = torch.device(device["name"])
        return (torch.tensor(left).to(place) @ torch.tensor(right).to(place)).cpu().tolist()

    product.on_device(answer, devices, device, by_torch)


def cuda(answer, torch, devices):
    """CUDA, or ROCm under the same name: available or why not, the driver, each device."""
    if not (torch.version.cuda or getattr(torch.version, "hip", None)):
        answer.facts(cuda_available=False)
        answer.gap("cudnn", "absent")
        answer.gap("cuda_driver_version", "absent")
        return
    answer.stage("asking CUDA whether it is available")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            available = bool(torch.cuda.is_available())
            answer.facts(cuda_available=available, cuda_reason="" if available else cuda_reason(torch, caught))
        except BaseException as error:
            available = False
            answer.gap("cuda_available", "broken", importing.words(error))
            answer.facts(cuda_reason=importing.words(error))
    driver_version(answer, torch)
    if available:
        cuda_devices(answer, torch, devices)
    answer.stage("asking cuDNN for its version")
    try:
        number = torch.backends.cudnn.version()
        if number is None:
            answer.gap("cudnn", "absent")
        else:
            answer.facts(cudnn=str(number))
    except BaseException as error:
        answer.gap("cudnn", "broken", importing.words(error))


def cuda_reason(torch, caught):
    """Why CUDA is not available: torch's own warning, or what its start-up raises."""
    text = importing.reason(caught)
    if text:
        return text
    try:
        torch.cuda.init()
    except BaseException as error:
        return importing.words(error)
    return ""


def driver_version(answer, torch):
    """The CUDA version of the driver that this process talks to: 1000 * major + 10 * minor."""
    if not torch.version.cuda:
        answer.gap("cuda_driver_version", "absent")
        return
    answer.stage("asking the CUDA driver for its version")
    number = ctypes.c_int(0)
    try:
        driver = ctypes.WinDLL("nvcuda.dll") if os.name == "nt" else ctypes.CDLL("libcuda.so.1")
        code = driver.cuDriverGetVersion(ctypes.byref(number))
    except (OSError, AttributeError) as error:
        answer.gap("cuda_driver_version", "absent", importing.words(error))
        return
    if code == 0 and number.value:
        answer.facts(cuda_driver_version=number.value)
    else:
        why = "cuDriverGetVersion gave code %d and version %d" % (code, number.value)
        answer.gap("cuda_driver_version", "broken", why)


def cuda_devices(answer, torch, devices):
    """Each device that CUDA or ROCm offers."""
    answer.stage("asking CUDA for its devices")
    try:
        count = torch.cuda.device_count()
    except BaseException as error:
        answer.gap("cuda_available", "broken", importing.words(error))
        return
    kind = "rocm" if getattr(torch.version, "hip", None) else "cuda"
    for index in range(count):
        device = {"name": "cuda:%d" % index, "kind": kind}
        devices.append(device)
        answer.stage("asking cuda:%d for its properties" % index)
        try:
            properties = torch.cuda.get_device_properties(index)
            device["model"] = str(properties.name)
            device["memory_total_bytes"] = int(properties.total_memory)
            if kind == "cuda":
                device["compute_capability"] = [int(properties.major), int(properties.minor)]
            elif getattr(properties, "gcnArchName", ""):
                device["gfx"] = str(properties.gcnArchName).split(":")[0]
        except BaseException as error:
            device["model"] = {"gap": "broken", "why": importing.words(error)}
        multiply(answer, torch, devices, device)


def metal(answer, torch, devices):
    """Apple's GPU by MPS."""
    backend = getattr(torch.backends, "mps", None)
    if backend is None:
        answer.facts(mps_built=False, mps_available=False)
        return
    answer.stage("asking Metal whether it is available")
    try:
        built = bool(backend.is_built())
        available = built and bool(backend.is_available())
    except BaseException as error:
        answer.gap("mps_available", "broken", importing.words(error))
        return
    answer.facts(mps_built=built, mps_available=available)
    if available:
        devices.append({"name": "mps", "kind": "mps"})
        multiply(answer, torch, devices, devices[-1])


def xpu(answer, torch, devices):
    """Intel's GPUs by XPU."""
    if not getattr(torch.version, "xpu", None):
        answer.facts(xpu_available=False)
        return
    answer.stage("asking XPU whether it is available")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            count = torch.xpu.device_count() if torch.xpu.is_available() else 0
            answer.facts(xpu_available=count > 0, xpu_reason=importing.reason(caught))
        except BaseException as error:
            answer.gap("xpu_available", "broken", importing.words(error))
            return
    for index in range(count):
        device = {"name": "xpu:%d" % index, "kind": "xpu"}
        devices.append(device)
        answer.stage("asking xpu:%d for its properties" % index)
        try:
            properties = torch.xpu.get_device_properties(index)
            device["model"] = str(properties.name)
            device["memory_total_bytes"] = int(properties.total_memory)
        except BaseException as error:
            device["model"] = {"gap": "broken", "why": importing.words(error)}
        multiply(answer, torch, devices, device)
