import LacunaAlgebra

/// A row-major matrix in device memory: a shape over a shared buffer.
public final class OpenCLMatrix<Element: OpenCLScalar>: DeviceMatrix {
  public let rows: Int
  public let columns: Int
  let buffer: DeviceBuffer

  init(rows: Int, columns: Int, buffer: DeviceBuffer) {
    self.rows = rows
    self.columns = columns
    self.buffer = buffer
  }

  public func firstRows(_ count: Int) -> OpenCLMatrix {
    precondition(count >= 0 && count <= rows, "\(count) rows of a matrix that has \(rows)")
    return OpenCLMatrix(rows: count, columns: columns, buffer: buffer)
  }

  public func reshaped(rows: Int, columns: Int) -> OpenCLMatrix {
    let room = buffer.byteCount / Element.precision.byteCount
    precondition(rows >= 0 && columns >= 0 && rows * columns <= room, "\(rows) × \(columns) of \(room) elements")
    return OpenCLMatrix(rows: rows, columns: columns, buffer: buffer)
  }
}
