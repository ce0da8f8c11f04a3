"""TensorFlow, imported for real: its build, its devices, and one known product on each of them.

Why it does not use a GPU it says on stderr, which is kept by the process that asked.
"""

import os

from . import importing, product


def work(answer, asked):
    """Import it, ask for its build, its devices and their products, then do the exercises that are asked for."""
    # Without this the first operation takes nearly all memory of every GPU.
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    # Its log is the only place that says why it uses no GPU.
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "0"
    if asked.get("exercises"):
        from . import exercises_tensorflow  # before anything foreign is imported, which may spoil ours
    tensorflow = importing.bring(answer, "tensorflow")
    if tensorflow is None:
        return
    answer.stage("reading tensorflow's build")
    build(answer, tensorflow)
    devices = [{"name": "cpu", "kind": "cpu"}]
    answer.facts(devices=devices)
    gpus = find_gpus(answer, tensorflow)
    multiply(answer, tensorflow, devices, devices[0])
    for index, gpu in enumerate(gpus):
        devices.append(describe(answer, tensorflow, index, gpu))
        multiply(answer, tensorflow, devices, devices[-1])
    if asked.get("exercises"):
        working = [device["name"] for device in devices if device.get("product_right") is True]
        exercises_tensorflow.run(answer, tensorflow, working, asked)


def build(answer, tensorflow):
    """What it was built for."""
    try:
        info = dict(tensorflow.sysconfig.get_build_info())
        answer.facts(gpu_build=bool(tensorflow.test.is_built_with_gpu_support()))
    except BaseException as error:
        answer.gap("gpu_build", "broken", importing.words(error))
        return
    for field, key in (("cuda", "cuda_version"), ("cudnn", "cudnn_version")):
        if info.get(key):
            answer.facts(**{field: str(info[key])})
        else:
            answer.gap(field, "absent")
    archs = info.get("cuda_compute_capabilities")
    if archs:
        answer.facts(arch_list=[str(one) for one in archs])
    else:
        answer.gap("arch_list", "absent")


def find_gpus(answer, tensorflow):
    """The GPUs that TensorFlow registered."""
    answer.stage("asking TensorFlow for its GPUs")
    try:
        gpus = tensorflow.config.list_physical_devices("GPU")
        for gpu in gpus:
            tensorflow.config.experimental.set_memory_growth(gpu, True)
    except BaseException as error:
        answer.facts(gpu_reason=importing.words(error))
        return []
    return gpus


def describe(answer, tensorflow, index, gpu):
    """One GPU's facts."""
    name = "GPU:%d" % index
    answer.stage("asking %s for its properties" % name)
    device = {"name": name, "kind": gpu_kind(tensorflow)}
    try:
        details = tensorflow.config.experimental.get_device_details(gpu)
        if details.get("device_name"):
            device["model"] = str(details["device_name"])
        if details.get("compute_capability"):
            device["compute_capability"] = [int(number) for number in details["compute_capability"]][:2]
    except BaseException as error:
        device["model"] = {"gap": "broken", "why": importing.words(error)}
    return device


def gpu_kind(tensorflow):
    """What its GPUs are: of CUDA, of ROCm, or of a pluggable device such as Apple's."""
    if tensorflow.test.is_built_with_cuda():
        return "cuda"
    return "rocm" if tensorflow.test.is_built_with_rocm() else "other"


def multiply(answer, tensorflow, devices, device):
    """The known product on one device, in float32."""

    def by_tensorflow(left, right):
        with tensorflow.device("/" + device["name"].upper() if device["name"] != "cpu" else "/CPU:0"):
            return tensorflow.matmul(tensorflow.constant(left), tensorflow.constant(right)).numpy().tolist()

    product.on_device(answer, devices, device, by_tensorflow)
