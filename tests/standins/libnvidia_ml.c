/* A stand-in for NVIDIA's libnvidia-ml.so.1, for tests: it answers what the environment tells it to.
 *
 *   STANDIN_NVML_INIT     the code that nvmlInit returns (nvmlReturn_t, nvml.h); 0 without it
 *   STANDIN_NVML_ACT      segfault, abort, sleep: what nvmlInit does instead of answering;
 *                         segfault-name, sleep-name: what nvmlDeviceGetName does on GPU 1
 *   STANDIN_NVML_GPUS     how many GPUs there are; 2 without it
 *   STANDIN_NVML_LOST     the index of a GPU whose handle is refused with code 15
 *   STANDIN_NVML_DYING    the index of a GPU that answers 15 from nvmlDeviceGetName on
 *   STANDIN_NVML_NAME     the GPUs' name, any bytes
 *   STANDIN_NVML_DENIED   set: nvmlDeviceGetPowerUsage returns 4
 *   STANDIN_NVML_PIDS     "pid:bytes,pid:bytes": the processes that compute on each GPU
 *
 * What is not here, such as nvmlDeviceGetCurrPcieLinkWidth, an old driver would not have either: code 13.
 *
 * Build: cc -shared -fPIC -o libnvidia-ml.so.1 libnvidia_ml.c
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int nvmlReturn_t;
typedef struct gpu { int index; } *nvmlDevice_t;
typedef struct { unsigned pid; unsigned long long used; unsigned gpu, compute; } process_t;
enum { OK = 0, NOT_SUPPORTED = 3, NO_PERMISSION = 4, INSUFFICIENT_SIZE = 7, LOST = 15 };

static struct gpu gpus[64];

static int number(const char *name, int otherwise) {
    const char *text = getenv(name);
    return text && *text ? atoi(text) : otherwise;
}

static int acts(const char *act) {
    const char *told = getenv("STANDIN_NVML_ACT");
    return told && !strcmp(told, act);
}

static void sleep_for_ever(void) { for (;;) sleep(60); }

static nvmlReturn_t put(char *to, unsigned length, const char *text) {
    if (length) { strncpy(to, text, length); to[length - 1] = 0; }
    return OK;
}

nvmlReturn_t nvmlInitWithFlags(unsigned flags) {
    (void)flags;
    if (acts("segfault")) raise(SIGSEGV);
    if (acts("abort")) abort();
    if (acts("sleep")) sleep_for_ever();
    return number("STANDIN_NVML_INIT", OK);
}

nvmlReturn_t nvmlInit_v2(void) { return nvmlInitWithFlags(0); }
nvmlReturn_t nvmlShutdown(void) { return OK; }
const char *nvmlErrorString(nvmlReturn_t code) { (void)code; return "\xff\xfe the stand-in's error"; }
nvmlReturn_t nvmlSystemGetNVMLVersion(char *to, unsigned length) { return put(to, length, "12.570.124.06"); }
nvmlReturn_t nvmlSystemGetDriverVersion(char *to, unsigned length) { return put(to, length, "570.124.06"); }
nvmlReturn_t nvmlSystemGetCudaDriverVersion(int *version) { *version = 12080; return OK; }
nvmlReturn_t nvmlSystemGetCudaDriverVersion_v2(int *version) { *version = 12080; return OK; }
nvmlReturn_t nvmlDeviceGetCount_v2(unsigned *count) { *count = (unsigned)number("STANDIN_NVML_GPUS", 2); return OK; }

nvmlReturn_t nvmlDeviceGetHandleByIndex_v2(unsigned index, nvmlDevice_t *gpu) {
    if ((int)index == number("STANDIN_NVML_LOST", -1)) return LOST;
    gpus[index].index = (int)index;
    *gpu = &gpus[index];
    return OK;
}

nvmlReturn_t nvmlDeviceGetName(nvmlDevice_t gpu, char *to, unsigned length) {
    const char *name = getenv("STANDIN_NVML_NAME");
    if (gpu->index == 1 && acts("segfault-name")) raise(SIGSEGV);
    if (gpu->index == 1 && acts("sleep-name")) sleep_for_ever();
    if (gpu->index == number("STANDIN_NVML_DYING", -1)) return LOST;
    return put(to, length, name ? name : "NVIDIA A100-SXM4-80GB");
}

nvmlReturn_t nvmlDeviceGetUUID(nvmlDevice_t gpu, char *to, unsigned length) {
    char text[64];
    snprintf(text, sizeof text, "GPU-0f1e2d3c-0000-0000-0000-%012d", gpu->index);
    return put(to, length, text);
}

nvmlReturn_t nvmlDeviceGetPciInfo_v3(nvmlDevice_t gpu, char *info) {
    memset(info, 0, 68);
    snprintf(info + 36, 32, "00000000:%02X:00.0", gpu->index + 0x1A); /* busIdLegacy[16], five numbers, busId[32] */
    return OK;
}

nvmlReturn_t nvmlDeviceGetMemoryInfo(nvmlDevice_t gpu, unsigned long long *memory) {
    (void)gpu;
    memory[0] = 80000; memory[1] = 70000; memory[2] = 10000; /* total, free, used */
    return OK;
}

nvmlReturn_t nvmlDeviceGetComputeRunningProcesses_v3(nvmlDevice_t gpu, unsigned *count, process_t *found) {
    const char *at = getenv("STANDIN_NVML_PIDS");
    unsigned room = *count, there = 0;
    (void)gpu;
    while (at && *at) {
        process_t one = {0, 0, 0, 0};
        if (sscanf(at, "%u:%llu", &one.pid, &one.used) != 2) break;
        if (found && there < room) found[there] = one;
        there++;
        at = strchr(at, ',');
        if (at) at++;
    }
    *count = there;
    return there > room ? INSUFFICIENT_SIZE : OK;
}

nvmlReturn_t nvmlDeviceGetCudaComputeCapability(nvmlDevice_t gpu, int *major, int *minor) {
    (void)gpu; *major = 8; *minor = 0; return OK;
}
nvmlReturn_t nvmlDeviceGetComputeMode(nvmlDevice_t gpu, int *mode) { (void)gpu; *mode = 3; return OK; }
nvmlReturn_t nvmlDeviceGetEccMode(nvmlDevice_t gpu, int *now, int *next) {
    (void)gpu; (void)now; (void)next; return NOT_SUPPORTED;
}
nvmlReturn_t nvmlDeviceGetRemappedRows(nvmlDevice_t gpu, unsigned *c, unsigned *u, unsigned *pending, unsigned *failed) {
    (void)gpu; *c = 0; *u = 1; *pending = 1; *failed = 0; return OK;
}
nvmlReturn_t nvmlDeviceGetMigMode(nvmlDevice_t gpu, unsigned *now, unsigned *next) {
    (void)gpu; *now = 0; *next = 0; return OK;
}
nvmlReturn_t nvmlDeviceGetCurrentClocksEventReasons(nvmlDevice_t gpu, unsigned long long *bits) {
    static int looks[64];
    *bits = looks[gpu->index]++ ? 0x41 : 0x49; /* the first look also shows 0x8, which passes */
    return OK;
}
nvmlReturn_t nvmlDeviceGetTemperature(nvmlDevice_t gpu, int sensor, unsigned *celsius) {
    (void)gpu; (void)sensor; *celsius = 91; return OK;
}
nvmlReturn_t nvmlDeviceGetPowerUsage(nvmlDevice_t gpu, unsigned *milliwatts) {
    (void)gpu;
    if (getenv("STANDIN_NVML_DENIED")) return NO_PERMISSION;
    *milliwatts = 61500;
    return OK;
}
nvmlReturn_t nvmlDeviceGetNumGpuCores(nvmlDevice_t gpu, unsigned *cores) { (void)gpu; *cores = 6912; return OK; }
nvmlReturn_t nvmlDeviceGetGpuFabricInfo(nvmlDevice_t gpu, unsigned char *info) {
    (void)gpu;
    memset(info, 0, 28);
    info[24] = 1; /* clusterUuid[16], status, cliqueId, then the state: not started */
    return OK;
}
