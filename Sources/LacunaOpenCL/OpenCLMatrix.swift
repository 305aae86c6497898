import LacunaAlgebra

/// A row-major matrix in device memory: a shape over a shared buffer, or where one buffer cannot hold it, over several.
public final class OpenCLMatrix<Element: OpenCLScalar>: DeviceMatrix {
  public let rows: Int
  public let columns: Int
  private let first: DeviceBuffer
  /// The buffers of its further slabs; empty where it lies in one.
  private let further: [DeviceBuffer]
  /// Elements that every buffer but the last has room for, of a matrix in slabs.
  private let capacity: Int

  init(rows: Int, columns: Int, buffer: DeviceBuffer) {
    self.rows = rows
    self.columns = columns
    first = buffer
    further = []
    capacity = 0
  }

  /// A matrix in slabs: whole rows in every buffer, as many as `capacity` holds. One of no more rows than that lies in the first.
  init(rows: Int, columns: Int, buffers: [DeviceBuffer], capacity: Int) {
    self.rows = rows
    self.columns = columns
    self.capacity = capacity
    first = buffers[0]
    let needed = columns == 0 ? 0 : rows / max(capacity / columns, 1)
    further = rows * columns <= capacity ? [] : Array(buffers[1...].prefix(max(needed, 1)))
  }

  /// Whether it lies in one buffer.
  var isWhole: Bool { further.isEmpty }

  /// Its one buffer.
  var buffer: DeviceBuffer {
    precondition(isWhole, "a matrix in slabs where one in a single buffer is meant")
    return first
  }

  /// As blocks of its buffers, one or several.
  /// - Throws: `unsupported` where it is another shape of a matrix in slabs that its buffers do not hold.
  func slabs(on device: OpenCLDevice) throws(BackendError) -> Slabs {
    if isWhole { return Slabs(rows: rows, columns: columns, height: max(rows, 1), buffers: [first]) }
    let slabs = Slabs(rows: rows, columns: columns, height: capacity / columns, buffers: [first] + further)
    guard slabs.height > 0, slabs.ranges.count <= slabs.buffers.count,
      slabs.ranges.last!.count * columns * Element.precision.byteCount
        <= slabs.buffers[slabs.ranges.count - 1].byteCount
    else {
      throw .unsupported("the shape \(shape) over the buffers of another matrix", device: device.name)
    }
    return slabs
  }

  public func firstRows(_ count: Int) -> OpenCLMatrix {
    precondition(count >= 0 && count <= rows, "\(count) rows of a matrix that has \(rows)")
    if isWhole { return OpenCLMatrix(rows: count, columns: columns, buffer: first) }
    return OpenCLMatrix(rows: count, columns: columns, buffers: [first] + further, capacity: capacity)
  }

  public func reshaped(rows: Int, columns: Int) -> OpenCLMatrix {
    if !isWhole {
      precondition(rows >= 0 && columns >= 0 && rows * columns <= count, "\(rows) × \(columns) of \(count) elements")
      return OpenCLMatrix(rows: rows, columns: columns, buffers: [first] + further, capacity: capacity)
    }
    let room = first.byteCount / Element.precision.byteCount
    precondition(rows >= 0 && columns >= 0 && rows * columns <= room, "\(rows) × \(columns) of \(room) elements")
    return OpenCLMatrix(rows: rows, columns: columns, buffer: first)
  }
}
