import COpenCL
import LacunaAlgebra
import LacunaKernels

/// One device with an in-order queue of its own, its programs and its scratch memory.
///
/// Everything here is guarded by `lock`; an operation of several launches that share scratch memory holds the lock
/// throughout, and the queue's order does the rest.
final class DeviceContext: @unchecked Sendable {
  let device: OpenCLDevice
  let precision: Precision
  /// Whether sums accumulate in float64.
  let usesFloat64: Bool
  let routes: Routes
  let faults: Faults
  let lock = RecursiveLock()
  let context: cl_context
  let queue: cl_command_queue

  private var kernels: [KernelSource: [String: cl_kernel]] = [:]
  private var programs: [KernelSource: cl_program] = [:]
  private var scratchBuffers: [String: DeviceBuffer] = [:]
  private var uploads: [Upload] = []
  private let ledger = Ledger()
  /// The latest given masks, at most two.
  var givenMasks: [GivenMaskBuffers] = []
  /// By what large products and rank updates are computed; small ones have ways of their own.
  var largeProducts = ProductWay.clblast
  var largeUpdates = ProductWay.clblast
  /// Operations of one product's launch: of a device that was measured to be fast, a quarter of a second's.
  var longestProduct: Int
  /// The latest constants of `mixBlocks`, at most four.
  var mixtures: [(bounds: [Int], shift: [Double], edges: DeviceBuffer, shifts: DeviceBuffer)] = []
  /// The latest circulant filters, at most four.
  var circulants: [(eigenvalues: [Double], filter: CirculantFilter)] = []

  init(device: OpenCLDevice, precision: Precision, routes: Routes, faults: Faults) throws(BackendError) {
    self.device = device
    self.precision = precision
    self.routes = routes
    longestProduct = routes.longestLaunch
    usesFloat64 = routes.usesFloat64 && device.hasFloat64
    self.faults = faults
    if let obstacle = device.obstacle { throw .unsupported("trials: \(obstacle)", device: device.name) }
    if precision == .float64 && !usesFloat64 { throw .unsupported("float64", device: device.name) }
    context = try CLBlast.sharedContext(device)
    var status: cl_int = 0
    guard let queue = clCreateCommandQueue(context, device.id, 0, &status) else {
      throw .device(call: "clCreateCommandQueue", status: Int(status), log: Status.name(Int(status)))
    }
    self.queue = queue
    if offers(.wideTiles) { largeUpdates = .wideTiles }
  }

  deinit {
    for upload in uploads { _ = upload.finish() }
    for kernel in kernels.values.flatMap(\.values) { clReleaseKernel(kernel) }
    for program in programs.values { clReleaseProgram(program) }
    clReleaseCommandQueue(queue)
  }

  // MARK: Memory

  /// Uninitialised memory, at least one element of it.
  func allocate(byteCount: Int) throws(BackendError) -> DeviceBuffer {
    try lock.held { () throws(BackendError) in
      let size = max(byteCount, 16)
      guard size <= device.largestAllocation, size <= freeMemory else { throw outOfMemory(size) }
      var status = faults.allocation(size)
      let memory = status == 0 ? clCreateBuffer(context, cl_mem_flags(CL_MEM_READ_WRITE), size, nil, &status) : nil
      guard let memory, status == CL_SUCCESS else {
        if Status.isOutOfMemory(status) { throw outOfMemory(size) }
        throw .device(call: "clCreateBuffer", status: Int(status), log: Status.name(Int(status)))
      }
      return DeviceBuffer(memory: memory, byteCount: size, ledger: ledger)
    }
  }

  /// Bytes that the context's own buffers leave.
  var freeMemory: Int { max(device.globalMemory - ledger.total, 0) }

  /// The error of an allocation that is refused, with what one buffer could have had.
  func outOfMemory(_ requested: Int) -> BackendError {
    .outOfMemory(requested: requested, available: min(freeMemory, device.largestAllocation), device: device.name)
  }

  /// Memory kept from call to call under a name, uninitialised, at least as large as asked. Hold `lock` while it is used.
  func scratch(_ name: String, byteCount: Int) throws(BackendError) -> DeviceBuffer {
    if let kept = scratchBuffers[name], kept.byteCount >= byteCount { return kept }
    scratchBuffers[name] = nil
    let fresh = try allocate(byteCount: byteCount)
    scratchBuffers[name] = fresh
    return fresh
  }

  /// What is kept under a name.
  func keptScratch(_ name: String) -> DeviceBuffer? { scratchBuffers[name] }

  /// Elements of the context's precision.
  func scratch(_ name: String, count: Int) throws(BackendError) -> DeviceBuffer {
    try scratch(name, byteCount: count * precision.byteCount)
  }

  /// Queues a write of host numbers, which are copied first: the host need not wait for the work before it.
  ///
  /// Copies are kept until their write is done, at most 16 of them, and two where they are large.
  func write<T: BitwiseCopyable>(_ values: [T], to buffer: DeviceBuffer, at byteOffset: Int) throws(BackendError) {
    let size = values.count * MemoryLayout<T>.stride
    if size == 0 { return }
    try lock.held { () throws(BackendError) in
      try Status.check(faults.launch("write"), "clEnqueueWriteBuffer")
      try Status.check(faults.transfer(size), "clEnqueueWriteBuffer")
      let large = uploads.reduce(0) { $0 + $1.byteCount } + size > 64 << 20
      while uploads.count >= (large ? 2 : 16) {
        try Status.check(uploads.removeFirst().finish(), "clWaitForEvents")
      }
      let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 64)
      values.withUnsafeBytes { copy.copyMemory(from: $0) }
      var event: cl_event?
      let status = clEnqueueWriteBuffer(
        queue, buffer.memory, cl_bool(CL_FALSE), byteOffset, size, copy.baseAddress!, 0, nil, &event)
      guard let event, status == CL_SUCCESS else {
        copy.deallocate()
        return try Status.check(status, "clEnqueueWriteBuffer")
      }
      uploads.append(Upload(copy: copy, event: event))
      clFlush(queue)
    }
  }

  func read<T: BitwiseCopyable>(_ buffer: DeviceBuffer, count: Int, as zero: T, at byteOffset: Int = 0)
    throws(BackendError) -> [T]
  {
    if count == 0 { return [] }
    let size = count * MemoryLayout<T>.stride
    return try lock.held { () throws(BackendError) in
      try Status.check(faults.launch("read"), "clEnqueueReadBuffer")
      try Status.check(faults.transfer(size), "clEnqueueReadBuffer")
      var status = CL_SUCCESS
      let values = [T](unsafeUninitializedCapacity: count) { memory, initialized in
        status = clEnqueueReadBuffer(
          queue, buffer.memory, cl_bool(CL_TRUE), byteOffset, size, memory.baseAddress!, 0, nil, nil)
        initialized = status == CL_SUCCESS ? count : 0
      }
      try Status.check(status, "clEnqueueReadBuffer")
      return values
    }
  }

  /// - Parameters from, at: bytes before the first, of the source and of the target.
  func copy(
    _ source: DeviceBuffer, from: Int = 0, to target: DeviceBuffer, at: Int = 0, byteCount: Int
  ) throws(BackendError) {
    if byteCount == 0 { return }
    try lock.held { () throws(BackendError) in
      try Status.check(faults.launch("copy"), "clEnqueueCopyBuffer")
      try Status.check(
        clEnqueueCopyBuffer(queue, source.memory, target.memory, from, at, byteCount, 0, nil, nil),
        "clEnqueueCopyBuffer")
    }
  }

  // MARK: Kernels

  /// The kernel of a file, its program built on first use.
  func kernel(_ source: KernelSource, _ name: String) throws(BackendError) -> cl_kernel {
    if let kept = kernels[source]?[name] { return kept }
    let program = try self.program(source)
    var status: cl_int = 0
    guard let kernel = clCreateKernel(program, name, &status), status == CL_SUCCESS else {
      throw .device(call: "clCreateKernel(\(name))", status: Int(status), log: Status.name(Int(status)))
    }
    kernels[source, default: [:]][name] = kernel
    return kernel
  }

  private func program(_ source: KernelSource) throws(BackendError) -> cl_program {
    if let kept = programs[source] { return kept }
    let text = faults.source(KernelSource.common + source.text)
    var status: cl_int = 0
    let program = text.withCString { characters in
      var pointer: UnsafePointer<CChar>? = characters
      return clCreateProgramWithSource(context, 1, &pointer, nil, &status)
    }
    guard let program, status == CL_SUCCESS else {
      throw .device(call: "clCreateProgramWithSource(\(source))", status: Int(status), log: Status.name(Int(status)))
    }
    var id: cl_device_id? = device.id
    status = CompileTime.counting { clBuildProgram(program, 1, &id, buildOptions, nil, nil) }
    guard status == CL_SUCCESS else {
      let log = Query.text {
        clGetProgramBuildInfo(program, id, cl_program_build_info(CL_PROGRAM_BUILD_LOG), $0, $1, $2)
      }
      clReleaseProgram(program)
      throw .device(call: "clBuildProgram(\(source).cl)", status: Int(status), log: log)
    }
    programs[source] = program
    return program
  }

  /// Waits for all work queued so far.
  func finish() throws(BackendError) {
    try Status.check(clFinish(queue), "clFinish")
  }
}

/// Host numbers on their way to the device.
private struct Upload {
  let copy: UnsafeMutableRawBufferPointer
  let event: cl_event

  var byteCount: Int { copy.count }

  /// Waits for the write and lets the copy go.
  /// - Returns: whether the write was done; where the wait itself fails the copy stays, since the device may read it yet.
  func finish() -> cl_int {
    var event: cl_event? = self.event
    let status = clWaitForEvents(1, &event)
    clReleaseEvent(self.event)
    if status == CL_SUCCESS || status == CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST { copy.deallocate() }
    return status
  }
}
