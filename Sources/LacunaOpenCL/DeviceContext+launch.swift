import COpenCL
import LacunaAlgebra
import LacunaKernels

/// An argument of a kernel, by the type it has there.
enum Argument {
  case buffer(DeviceBuffer)
  /// `uint`
  case uint(Int)
  /// `int`
  case int(Int)
  /// `ulong`
  case ulong(UInt64)
  /// `REAL`
  case real(Double)
  /// `__local`, uninitialised bytes.
  case local(Int)
}

extension DeviceContext {
  /// Queues a kernel over `items` along one dimension, and `height` along the other, in one-dimensional groups.
  func launch(_ source: KernelSource, _ name: String, items: Int, height: Int = 1, _ arguments: Argument...)
    throws(BackendError)
  {
    let size = KernelConstants.groupSize
    try launch(
      source, name, global: (items.rounded(upTo: size), height), group: (size, 1), arguments: arguments)
  }

  /// Queues a kernel over `groups` one-dimensional work-groups, and `height` along the other dimension, at most `tallest` at once.
  func launch(
    _ source: KernelSource, _ name: String, groups: Int, height: Int = 1, tallest: Int = .max, _ arguments: Argument...
  ) throws(BackendError) {
    let size = KernelConstants.groupSize
    try launch(
      source, name, global: (groups * size, height), group: (size, 1), tallest: tallest, arguments: arguments)
  }

  /// Queues a kernel over a group for each row of a matrix; a processor's has one item.
  func launch(_ source: KernelSource, _ name: String, rows: Int, _ arguments: Argument...) throws(BackendError) {
    let items = routes.actsAsGPU ? KernelConstants.groupSize : 1
    try launch(source, name, global: (rows * items, 1), group: (items, 1), arguments: arguments)
  }

  /// Queues a kernel over a given number of items in groups of a given shape. Nothing is queued where there are no items.
  func launch(
    _ source: KernelSource, _ name: String, global: (Int, Int), group: (Int, Int), tallest: Int = .max,
    arguments: [Argument]
  ) throws(BackendError) {
    if global.0 == 0 || global.1 == 0 { return }
    try lock.held { () throws(BackendError) in
      let kernel = try self.kernel(source, name)
      for (index, argument) in arguments.enumerated() {
        try Status.check(set(argument, at: cl_uint(index), of: kernel), "clSetKernelArg(\(name), \(index))")
      }
      try Status.check(faults.launch(name), "clEnqueueNDRangeKernel(\(name))")
      if faults.loss(name) { return }
      // Kernels of many rows find theirs by the global index, which an offset moves.
      let tallest = min(tallest, routes.tallestGrid) * group.1
      for start in stride(from: 0, to: global.1, by: tallest) {
        let status = queue(kernel, from: start, global: (global.0, min(tallest, global.1 - start)), group: group)
        if Status.isOutOfMemory(status) { throw .outOfMemory(requested: 0, available: 0, device: device.name) }
        try Status.check(status, "clEnqueueNDRangeKernel(\(name))")
      }
    }
  }

  private func queue(_ kernel: cl_kernel, from start: Int, global: (Int, Int), group: (Int, Int)) -> cl_int {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 6) { sizes in
      (sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], sizes[5]) = (0, start, global.0, global.1, group.0, group.1)
      let base = sizes.baseAddress!
      return clEnqueueNDRangeKernel(queue, kernel, 2, start == 0 ? nil : base, base + 2, base + 4, 0, nil, nil)
    }
  }

  private func set(_ argument: Argument, at index: cl_uint, of kernel: cl_kernel) -> cl_int {
    func bytes<T: BitwiseCopyable>(_ value: T) -> cl_int {
      withUnsafeBytes(of: value) { clSetKernelArg(kernel, index, $0.count, $0.baseAddress) }
    }
    switch argument {
    case .buffer(let buffer):
      var memory: cl_mem? = buffer.memory
      return clSetKernelArg(kernel, index, MemoryLayout<cl_mem?>.size, &memory)
    case .uint(let value): return bytes(UInt32(value))
    case .int(let value): return bytes(Int32(value))
    case .ulong(let value): return bytes(value)
    case .local(let byteCount): return clSetKernelArg(kernel, index, byteCount, nil)
    case .real(let value): return precision == .float64 ? bytes(value) : bytes(Float(value))
    }
  }
}

extension Int {
  /// The least multiple of `step` that is not below this number.
  func rounded(upTo step: Int) -> Int { (self + step - 1) / step * step }
}
