// Stands between a program and its OpenCL library (LD_PRELOAD) to count calls, to pose as another device, and to inject
// faults: the means of tests that a device may fail or lie, and of counting what a GPU would be asked to do.
//
//   cc -O2 -shared -fPIC -o opencl_shim.so opencl_shim.c -ldl -lpthread
//
// What it does is said by the environment; nothing set, nothing done.
//
//   LACUNA_SHIM_COUNT=FILE     at exit writes one line a kind of call, "launch 1162", then one a kernel, "kernel NAME 12"
//   LACUNA_SHIM_SOURCES=DIR    every program built is written there, its options in the first line as a comment
//   LACUNA_SHIM_KIND=gpu       the device says it is a GPU
//   LACUNA_SHIM_CAPABILITY=90  the device says it is NVIDIA's, of compute capability 9.0; programs of its instructions are not built
//   LACUNA_SHIM_LOCAL=BYTES    … has so much local memory, LACUNA_SHIM_MEMORY global memory, LACUNA_SHIM_ALLOCATION as its
//                              largest allocation, LACUNA_SHIM_GROUP as its largest work-group; what is beyond fails
//   LACUNA_SHIM_DRY=BYTES      from the first buffer of so many bytes on memory is only counted and nothing is computed: numbers
//                              that are read are 1, words 0. Launches, bytes and the peak of a trial of any size come out
//   LACUNA_SHIM_FAULT=CALL:K:WHAT
//        the K-th call (from 0) of the kind, of kernels that do something: CALL is launch, buffer, subbuffer, kernel, build,
//        argument, read, write, copy, finish, wait. WHAT is
//          fail        the call returns an error                      (all)
//          forever     this call and all later ones of the kind fail  (all)
//          drop        the call says it succeeded and does nothing    (launch, read, write, copy)
//          flip        one bit of one number is turned afterwards: of a buffer of the launch, or of what is read
//          lose        a run of 64 bytes of a buffer of the launch keeps its old contents: a lost write
//   LACUNA_SHIM_PLACE=0…1      where in the buffer flip and lose strike (default 0.5); LACUNA_SHIM_ARGUMENT which of the
//                              launch's buffers, modulo their number (default: the last)
//   LACUNA_SHIM_LOG=FILE       says what was struck, "kernel NAME argument 3 offset 128 of 4096"; absent: nothing was
#define _GNU_SOURCE
#define CL_TARGET_OPENCL_VERSION 120
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include <CL/cl.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum call { LAUNCH, BUFFER, SUBBUFFER, KERNEL, BUILD, ARGUMENT, READ, WRITE, COPY, FINISH, WAIT, CALLS };
static const char *const call_names[CALLS] = {
  "launch", "buffer", "subbuffer", "kernel", "build", "argument", "read", "write", "copy", "finish", "wait"};
enum fault { NONE, FAIL, FOREVER, DROP, FLIP, LOSE };

static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static long counts[CALLS], bytes_read, bytes_written, bytes_allocated, bytes_live, bytes_peak;
static unsigned long long dry_from;
static int dry, reads_since;
static char last_kernel[64];
static enum call fault_call = CALLS;
static enum fault fault;
static long fault_index;
static struct { char name[64]; long launches; } kernels[512];

#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static unsigned long long number(const char *name) {
  const char *text = getenv(name);
  return text ? strtoull(text, NULL, 10) : 0;
}

__attribute__((constructor)) static void read_environment(void) {
  const char *text = getenv("LACUNA_SHIM_FAULT");
  static const char *const words[] = {"", "fail", "forever", "drop", "flip", "lose"};
  char call[16] = "", what[16] = "";
  dry_from = number("LACUNA_SHIM_DRY");
  if (!text) return;
  if (sscanf(text, "%15[a-z]:%ld:%15[a-z]", call, &fault_index, what) != 3) {
    fprintf(stderr, "opencl_shim: cannot read LACUNA_SHIM_FAULT=%s\n", text);
    abort();
  }
  for (int i = 0; i < CALLS; i++)
    if (!strcmp(call, call_names[i])) fault_call = i;
  for (int i = FAIL; i <= LOSE; i++)
    if (!strcmp(what, words[i])) fault = i;
  if (fault_call == CALLS || fault == NONE) {
    fprintf(stderr, "opencl_shim: unknown fault %s\n", text);
    abort();
  }
}

__attribute__((destructor)) static void write_counts(void) {
  const char *path = getenv("LACUNA_SHIM_COUNT");
  FILE *file = path ? fopen(path, "w") : NULL;
  if (!file) return;
  for (int i = 0; i < CALLS; i++) fprintf(file, "%s %ld\n", call_names[i], counts[i]);
  fprintf(file, "bytes_read %ld\nbytes_written %ld\nbytes_allocated %ld\n", bytes_read, bytes_written, bytes_allocated);
  fprintf(file, "bytes_peak %ld\n", bytes_peak);
  for (int i = 0; i < 512 && kernels[i].launches; i++) fprintf(file, "kernel %s %ld\n", kernels[i].name, kernels[i].launches);
  fclose(file);
}

// Counts a call; what is to be done to it.
static enum fault strike(enum call call) {
  pthread_mutex_lock(&lock);
  long index = counts[call]++;
  pthread_mutex_unlock(&lock);
  if (call != fault_call) return NONE;
  if (fault == FOREVER) return index >= fault_index ? FAIL : NONE;
  return index == fault_index ? fault : NONE;
}

static void say(const char *kernel, int argument, size_t offset, size_t size) {
  const char *path = getenv("LACUNA_SHIM_LOG");
  FILE *file = path ? fopen(path, "w") : NULL;
  if (!file) return;
  fprintf(file, "%s argument %d offset %zu of %zu\n", kernel, argument, offset, size);
  fclose(file);
}

static void say_call(enum call call) { say(call_names[call], 0, 0, 0); }

static double place(void) {
  const char *text = getenv("LACUNA_SHIM_PLACE");
  return text ? atof(text) : 0.5;
}

// The offset, a multiple of 8, at which a buffer is struck.
static size_t struck_offset(size_t size) {
  size_t offset = (size_t)(place() * (double)(size / 8)) * 8;
  return offset + 8 <= size ? offset : 0;
}

// A bit high enough to matter in both precisions: bit 20 of the upper half of a float64, and of a float32's exponent.
static void flip(unsigned char *bytes) { bytes[6] ^= 0x10; }

// MARK: Buffers of kernels

enum { MOST_KERNELS = 4096, MOST_ARGUMENTS = 24, MOST_BUFFERS = 65536 };
static struct { cl_kernel kernel; cl_mem buffers[MOST_ARGUMENTS]; } arguments[MOST_KERNELS];
static struct { cl_mem buffer; size_t size; int references, counted; } known[MOST_BUFFERS];
static int argument_count, known_count;

// Its place among the known ones; -1 where it is none.
static int place_of(cl_mem buffer) {
  for (int i = known_count - 1; i >= 0; i--)
    if (known[i].buffer == buffer) return i;
  return -1;
}

static void remember(cl_mem buffer, size_t size, int counted) {
  pthread_mutex_lock(&lock);
  int i = buffer ? place_of(NULL) : -1;  // one that is gone
  if (buffer && i < 0 && known_count < MOST_BUFFERS) i = known_count++;
  if (i >= 0) {
    known[i].buffer = buffer;
    known[i].size = size;
    known[i].references = 1;
    known[i].counted = counted;
    if (counted) {
      bytes_allocated += size;
      bytes_live += size;
      if (bytes_live > bytes_peak) bytes_peak = bytes_live;
    }
  }
  pthread_mutex_unlock(&lock);
}

static int is_buffer(cl_mem buffer) { return place_of(buffer) >= 0; }

cl_int clRetainMemObject(cl_mem buffer) {
  REAL(clRetainMemObject);
  pthread_mutex_lock(&lock);
  int i = place_of(buffer);
  if (i >= 0) known[i].references++;
  pthread_mutex_unlock(&lock);
  return real(buffer);
}

cl_int clReleaseMemObject(cl_mem buffer) {
  REAL(clReleaseMemObject);
  pthread_mutex_lock(&lock);
  int i = place_of(buffer);
  if (i >= 0 && --known[i].references == 0) {
    if (known[i].counted) bytes_live -= known[i].size;
    known[i].buffer = NULL;
  }
  pthread_mutex_unlock(&lock);
  return real(buffer);
}

cl_int clGetMemObjectInfo(cl_mem buffer, cl_mem_info what, size_t size, void *value, size_t *returned) {
  REAL(clGetMemObjectInfo);
  cl_int status = real(buffer, what, size, value, returned);
  if (!dry || status != CL_SUCCESS || !value || what != CL_MEM_SIZE) return status;
  pthread_mutex_lock(&lock);
  int i = place_of(buffer);
  if (i >= 0) *(size_t *)value = known[i].size;
  pthread_mutex_unlock(&lock);
  return status;
}

static int slot(cl_kernel kernel) {
  for (int i = 0; i < argument_count; i++)
    if (arguments[i].kernel == kernel) return i;
  if (argument_count == MOST_KERNELS) return -1;
  arguments[argument_count].kernel = kernel;
  return argument_count++;
}

// The buffer of a launch that is struck, and which argument it is.
static cl_mem struck_buffer(cl_kernel kernel, int *argument) {
  int found[MOST_ARGUMENTS], count = 0;
  pthread_mutex_lock(&lock);
  int index = slot(kernel);
  for (int i = 0; index >= 0 && i < MOST_ARGUMENTS; i++)
    if (arguments[index].buffers[i]) found[count++] = i;
  const char *chosen = getenv("LACUNA_SHIM_ARGUMENT");
  *argument = count ? found[chosen ? atoi(chosen) % count : count - 1] : -1;
  cl_mem buffer = count ? arguments[index].buffers[*argument] : NULL;
  pthread_mutex_unlock(&lock);
  return buffer;
}

static size_t size_of(cl_mem buffer) {
  size_t size = 0;
  clGetMemObjectInfo(buffer, CL_MEM_SIZE, sizeof size, &size, NULL);
  return size;
}

typedef cl_int (*reader)(cl_command_queue, cl_mem, cl_bool, size_t, size_t, void *, cl_uint, const cl_event *, cl_event *);
typedef cl_int (*writer)(cl_command_queue, cl_mem, cl_bool, size_t, size_t, const void *, cl_uint, const cl_event *, cl_event *);

static cl_int read_back(cl_command_queue queue, cl_mem buffer, size_t offset, size_t size, void *to) {
  return ((reader)dlsym(RTLD_NEXT, "clEnqueueReadBuffer"))(queue, buffer, CL_TRUE, offset, size, to, 0, NULL, NULL);
}

static cl_int write_back(cl_command_queue queue, cl_mem buffer, size_t offset, size_t size, const void *from) {
  return ((writer)dlsym(RTLD_NEXT, "clEnqueueWriteBuffer"))(queue, buffer, CL_TRUE, offset, size, from, 0, NULL, NULL);
}

static cl_int marker(cl_command_queue queue, cl_event *event) {
  return event ? clEnqueueMarkerWithWaitList(queue, 0, NULL, event) : CL_SUCCESS;
}

// MARK: The calls

cl_int clEnqueueNDRangeKernel(
  cl_command_queue queue, cl_kernel kernel, cl_uint dimensions, const size_t *offset, const size_t *global, const size_t *local,
  cl_uint waits, const cl_event *wait, cl_event *event) {
  REAL(clEnqueueNDRangeKernel);
  char name[64] = "";
  clGetKernelInfo(kernel, CL_KERNEL_FUNCTION_NAME, sizeof name, name, NULL);
  pthread_mutex_lock(&lock);
  snprintf(last_kernel, sizeof last_kernel, "%s", name);
  reads_since = 0;
  for (int i = 0; i < 512; i++) {
    if (!kernels[i].launches) snprintf(kernels[i].name, sizeof name, "%s", name);
    if (!strcmp(kernels[i].name, name)) {
      kernels[i].launches++;
      break;
    }
  }
  pthread_mutex_unlock(&lock);
  enum fault now = strike(LAUNCH);
  if (dry) return marker(queue, event);
  int argument = -1;
  cl_mem buffer = now == FLIP || now == LOSE ? struck_buffer(kernel, &argument) : NULL;
  size_t size = buffer ? size_of(buffer) : 0, run = size < 64 ? size : 64;
  size_t start = size >= 8 ? struck_offset(size) : 0;
  unsigned char old[64];
  if (now == FAIL) say_call(LAUNCH);
  if (now == FAIL) return CL_OUT_OF_RESOURCES;
  if (now == DROP) {
    say(name, -1, 0, 0);
    return marker(queue, event);
  }
  if (now == LOSE && buffer) {
    if (start + run > size) start = 0;
    read_back(queue, buffer, start, run, old);
  }
  cl_int status = real(queue, kernel, dimensions, offset, global, local, waits, wait, event);
  if (status == CL_SUCCESS && buffer && size >= 8) {
    if (now == LOSE) write_back(queue, buffer, start, run, old);
    if (now == FLIP) {
      read_back(queue, buffer, start, 8, old);
      flip(old);
      write_back(queue, buffer, start, 8, old);
    }
    say(name, argument, start, size);
  }
  return status;
}

cl_mem clCreateBuffer(cl_context context, cl_mem_flags flags, size_t size, void *host, cl_int *error) {
  REAL(clCreateBuffer);
  unsigned long long most = number("LACUNA_SHIM_ALLOCATION"), memory = number("LACUNA_SHIM_MEMORY");
  if (dry_from && size >= dry_from) dry = 1;
  if (strike(BUFFER) == FAIL || (most && size > most) || (memory && bytes_live + size > memory)) {
    say_call(BUFFER);
    if (error) *error = CL_MEM_OBJECT_ALLOCATION_FAILURE;
    return NULL;
  }
  cl_mem buffer = real(context, flags, dry && size > 4096 ? 4096 : size, host, error);
  remember(buffer, size, 1);
  return buffer;
}

cl_mem clCreateSubBuffer(cl_mem whole, cl_mem_flags flags, cl_buffer_create_type type, const void *region, cl_int *error) {
  REAL(clCreateSubBuffer);
  if (strike(SUBBUFFER) == FAIL) {
    say_call(SUBBUFFER);
    if (error) *error = CL_MEM_OBJECT_ALLOCATION_FAILURE;
    return NULL;
  }
  if (dry) {
    static __typeof__(&clCreateBuffer) create;
    cl_context context;
    if (!create) create = (__typeof__(&clCreateBuffer))dlsym(RTLD_NEXT, "clCreateBuffer");
    clGetMemObjectInfo(whole, CL_MEM_CONTEXT, sizeof context, &context, NULL);
    cl_mem apart = create(context, CL_MEM_READ_WRITE, 4096, NULL, error);
    remember(apart, ((const cl_buffer_region *)region)->size, 0);
    return apart;
  }
  cl_mem buffer = real(whole, flags, type, region, error);
  remember(buffer, ((const cl_buffer_region *)region)->size, 0);
  return buffer;
}

cl_kernel clCreateKernel(cl_program program, const char *name, cl_int *error) {
  REAL(clCreateKernel);
  if (strike(KERNEL) == FAIL) {
    say_call(KERNEL);
    if (error) *error = CL_OUT_OF_HOST_MEMORY;
    return NULL;
  }
  return real(program, name, error);
}

cl_int clReleaseKernel(cl_kernel kernel) {
  REAL(clReleaseKernel);
  pthread_mutex_lock(&lock);  // its address may serve another kernel soon
  for (int i = 0; i < argument_count; i++)
    if (arguments[i].kernel == kernel) memset(arguments[i].buffers, 0, sizeof arguments[i].buffers);
  pthread_mutex_unlock(&lock);
  return real(kernel);
}

// Whether a program has instructions of NVIDIA's, which the device behind cannot have.
static int is_foreign(cl_program program) {
  size_t size = 0;
  if (!number("LACUNA_SHIM_CAPABILITY") || clGetProgramInfo(program, CL_PROGRAM_SOURCE, 0, NULL, &size) != CL_SUCCESS) return 0;
  char *text = calloc(size + 1, 1);
  clGetProgramInfo(program, CL_PROGRAM_SOURCE, size, text, NULL);
  int found = strstr(text, "mma.sync.aligned") != NULL;
  free(text);
  return found;
}

// DIR/0007.cl: the source of a program in the order of building, its options before it.
static void write_source(cl_program program, const char *options) {
  static int index;
  const char *folder = getenv("LACUNA_SHIM_SOURCES");
  char path[1024];
  size_t size = 0;
  if (!folder || clGetProgramInfo(program, CL_PROGRAM_SOURCE, 0, NULL, &size) != CL_SUCCESS || size < 2) return;
  char *text = malloc(size);
  pthread_mutex_lock(&lock);
  snprintf(path, sizeof path, "%s/%04d.cl", folder, index++);
  pthread_mutex_unlock(&lock);
  clGetProgramInfo(program, CL_PROGRAM_SOURCE, size, text, NULL);
  FILE *file = fopen(path, "w");
  if (file) {
    fprintf(file, "// options: %s\n%s", options ? options : "", text);
    fclose(file);
  }
  free(text);
}

cl_int clBuildProgram(
  cl_program program, cl_uint count, const cl_device_id *devices, const char *options,
  void(CL_CALLBACK *notify)(cl_program, void *), void *data) {
  REAL(clBuildProgram);
  if (strike(BUILD) == FAIL) {
    say_call(BUILD);
    return CL_BUILD_PROGRAM_FAILURE;
  }
  write_source(program, options);
  if (is_foreign(program)) return CL_BUILD_PROGRAM_FAILURE;
  return real(program, count, devices, options, notify, data);
}

cl_int clSetKernelArg(cl_kernel kernel, cl_uint index, size_t size, const void *value) {
  REAL(clSetKernelArg);
  if (strike(ARGUMENT) == FAIL) {
    say_call(ARGUMENT);
    return CL_OUT_OF_RESOURCES;
  }
  if (index < MOST_ARGUMENTS) {
    pthread_mutex_lock(&lock);
    int i = slot(kernel);
    cl_mem buffer = value && size == sizeof(cl_mem) ? *(const cl_mem *)value : NULL;
    if (i >= 0) arguments[i].buffers[index] = buffer && is_buffer(buffer) ? buffer : NULL;
    pthread_mutex_unlock(&lock);
  }
  return real(kernel, index, size, value);
}

cl_int clEnqueueReadBuffer(
  cl_command_queue queue, cl_mem buffer, cl_bool blocking, size_t offset, size_t size, void *to, cl_uint waits,
  const cl_event *wait, cl_event *event) {
  REAL(clEnqueueReadBuffer);
  enum fault now = strike(READ);
  if (now == FAIL) say_call(READ);
  if (now == FAIL) return CL_OUT_OF_RESOURCES;
  if (now == DROP) {
    say("read", 0, offset, size);
    return marker(queue, event);
  }
  if (dry) {
    // The place of the first number that is not finite: none.
    if (!strcmp(last_kernel, "survey_lower") && reads_since++ == 0) memset(to, 0xFF, size);
    else if (size == 4) memset(to, 0, size);
    else for (size_t i = 0; i < size / 8; i++) ((double *)to)[i] = 1;
    bytes_read += size;
    return marker(queue, event);
  }
  cl_int status = real(queue, buffer, blocking || now == FLIP, offset, size, to, waits, wait, event);
  if (status == CL_SUCCESS) bytes_read += size;
  if (status == CL_SUCCESS && now == FLIP && size >= 8) {
    flip((unsigned char *)to + struck_offset(size));
    say("read", 0, struck_offset(size), size);
  }
  return status;
}

cl_int clEnqueueWriteBuffer(
  cl_command_queue queue, cl_mem buffer, cl_bool blocking, size_t offset, size_t size, const void *from, cl_uint waits,
  const cl_event *wait, cl_event *event) {
  REAL(clEnqueueWriteBuffer);
  enum fault now = strike(WRITE);
  if (now == FAIL) say_call(WRITE);
  if (now == FAIL) return CL_OUT_OF_RESOURCES;
  if (now == DROP) {
    say("write", 0, offset, size);
    return marker(queue, event);
  }
  if (dry) {
    bytes_written += size;
    return marker(queue, event);
  }
  cl_int status = real(queue, buffer, blocking, offset, size, from, waits, wait, event);
  if (status != CL_SUCCESS) return status;
  bytes_written += size;
  if (now == FLIP && size >= 8) {
    unsigned char old[8];
    size_t at = offset + struck_offset(size);
    read_back(queue, buffer, at, 8, old);
    flip(old);
    write_back(queue, buffer, at, 8, old);
    say("write", 0, at, size);
  }
  return status;
}

cl_int clEnqueueCopyBuffer(
  cl_command_queue queue, cl_mem source, cl_mem target, size_t from, size_t to, size_t size, cl_uint waits,
  const cl_event *wait, cl_event *event) {
  REAL(clEnqueueCopyBuffer);
  enum fault now = strike(COPY);
  if (now == FAIL) say_call(COPY);
  if (now == FAIL) return CL_OUT_OF_RESOURCES;
  if (now == DROP) {
    say("copy", 0, to, size);
    return marker(queue, event);
  }
  if (dry) return marker(queue, event);
  return real(queue, source, target, from, to, size, waits, wait, event);
}

cl_int clFinish(cl_command_queue queue) {
  REAL(clFinish);
  if (strike(FINISH) == FAIL) {
    say_call(FINISH);
    return CL_OUT_OF_RESOURCES;
  }
  return real(queue);
}

cl_int clWaitForEvents(cl_uint count, const cl_event *events) {
  REAL(clWaitForEvents);
  if (strike(WAIT) == FAIL) {
    say_call(WAIT);
    return CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST;
  }
  return real(count, events);
}

// MARK: Posing

static void pose(const char *variable, void *value, size_t width) {
  unsigned long long posed = number(variable);
  if (!posed) return;
  if (width == sizeof(cl_ulong)) *(cl_ulong *)value = posed;
  else *(cl_uint *)value = (cl_uint)posed;
}

cl_int clGetDeviceInfo(cl_device_id device, cl_device_info what, size_t size, void *value, size_t *returned) {
  REAL(clGetDeviceInfo);
  unsigned long long capability = number("LACUNA_SHIM_CAPABILITY");
  if (capability && (what == 0x4000 || what == 0x4001)) {  // CL_DEVICE_COMPUTE_CAPABILITY_MAJOR_NV and its MINOR
    if (value) *(cl_uint *)value = (cl_uint)(what == 0x4000 ? capability / 10 : capability % 10);
    if (returned) *returned = sizeof(cl_uint);
    return CL_SUCCESS;
  }
  if (capability && what == CL_DEVICE_VENDOR) {
    static const char vendor[] = "NVIDIA Corporation";
    if (value) snprintf(value, size, "%s", vendor);
    if (returned) *returned = sizeof vendor;
    return CL_SUCCESS;
  }
  cl_int status = real(device, what, size, value, returned);
  if (status != CL_SUCCESS || !value) return status;
  const char *kind = getenv("LACUNA_SHIM_KIND");
  switch (what) {
    case CL_DEVICE_TYPE:
      if (kind && !strcmp(kind, "gpu")) *(cl_device_type *)value = CL_DEVICE_TYPE_GPU;
      break;
    case CL_DEVICE_LOCAL_MEM_SIZE: pose("LACUNA_SHIM_LOCAL", value, sizeof(cl_ulong)); break;
    case CL_DEVICE_GLOBAL_MEM_SIZE: pose("LACUNA_SHIM_MEMORY", value, sizeof(cl_ulong)); break;
    case CL_DEVICE_MAX_MEM_ALLOC_SIZE: pose("LACUNA_SHIM_ALLOCATION", value, sizeof(cl_ulong)); break;
    case CL_DEVICE_MAX_WORK_GROUP_SIZE: pose("LACUNA_SHIM_GROUP", value, sizeof(size_t)); break;
    default: break;
  }
  return status;
}
