/// A matrix that lives where its backend computes: row-major, densely packed.
///
/// A vector of length d is a matrix of one row. Matrices are references: an operation writes into the storage it is given.
/// They stay on the thread that made them.
public protocol DeviceMatrix<Element> {
  associatedtype Element: Scalar
  var rows: Int { get }
  var columns: Int { get }

  /// The first `count` rows as a matrix over the same storage, no copy.
  func firstRows(_ count: Int) -> Self

  /// The same storage under another shape of no more elements, no copy: one buffer can serve blocks of any shape.
  ///
  /// The values are undefined where the width is another: a matrix spread over several memories cannot keep them.
  func reshaped(rows: Int, columns: Int) -> Self
}

extension DeviceMatrix {
  public var count: Int { rows * columns }

  /// For messages.
  package var shape: String { "\(rows) × \(columns)" }
}
