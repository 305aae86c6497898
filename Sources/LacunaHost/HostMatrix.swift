import LacunaAlgebra

/// A row-major matrix in the host's memory, aligned to 64 bytes.
///
/// A view made by `firstRows` or `reshaped` keeps the storage of its origin alive; the storage goes with the last of them.
public final class HostMatrix<Element: HostScalar>: DeviceMatrix {
  public let rows: Int
  public let columns: Int
  /// The first element; element (i, j) lies `i * columns + j` further.
  package let pointer: UnsafeMutablePointer<Element>
  private let storage: HostStorage
  private let offset: Int

  /// - Parameter offset: elements of the storage before the first.
  init(storage: HostStorage, offset: Int = 0, rows: Int, columns: Int) {
    self.storage = storage
    self.offset = offset
    self.rows = rows
    self.columns = columns
    pointer = storage.pointer.assumingMemoryBound(to: Element.self) + offset
  }

  /// Rows `firstRow ..< firstRow + rows` of a matrix, over the same storage.
  package convenience init(of whole: HostMatrix, firstRow: Int, rows: Int) {
    precondition(firstRow >= 0 && rows >= 0 && firstRow + rows <= whole.rows)
    self.init(
      storage: whole.storage, offset: whole.offset + firstRow * whole.columns, rows: rows, columns: whole.columns)
  }

  public func firstRows(_ count: Int) -> HostMatrix {
    precondition(0 <= count && count <= rows, "the first \(count) rows of a matrix of \(rows)")
    return HostMatrix(of: self, firstRow: 0, rows: count)
  }

  public func reshaped(rows: Int, columns: Int) -> HostMatrix {
    let (elements, overflow) = rows.multipliedReportingOverflow(by: columns)
    precondition(
      rows >= 0 && columns >= 0 && !overflow && offset + elements <= storage.byteCount / MemoryLayout<Element>.stride,
      "a storage of \(count) elements seen as \(rows) × \(columns)")
    return HostMatrix(storage: storage, offset: offset, rows: rows, columns: columns)
  }
}
