import LacunaAlgebra

/// A matrix of another backend with what is known of its contents.
public final class VerifiedMatrix<Base: DeviceMatrix>: DeviceMatrix {
  public typealias Element = Base.Element
  let base: Base
  /// Shared by all matrices over the same storage.
  let contents: Contents<Base>

  public var rows: Int { base.rows }
  public var columns: Int { base.columns }

  init(_ base: Base, _ contents: Contents<Base> = Contents()) {
    self.base = base
    self.contents = contents
  }

  public func firstRows(_ count: Int) -> VerifiedMatrix { VerifiedMatrix(base.firstRows(count), contents) }

  public func reshaped(rows: Int, columns: Int) -> VerifiedMatrix {
    VerifiedMatrix(base.reshaped(rows: rows, columns: columns), contents)
  }

  /// What is known of it in this shape; of the numbers of a first row alone, nothing.
  var known: Contents<Base>.Known {
    get {
      guard contents.width == columns else { return .nothing }
      if case .values = contents.known, rows != 1 { return .nothing }
      return contents.known
    }
    set {
      contents.width = columns
      contents.known = newValue
    }
  }
}

/// What is known of the numbers in one storage.
final class Contents<Base: DeviceMatrix> {
  enum Known {
    /// Whatever the memory holds.
    case nothing
    /// Random entries, not looked at since.
    case filled(Filling<Base>)
    /// A vector, number by number, and whether the device was found to hold just these since it was written.
    case values([Base.Element], wasRead: Bool)
    case marks(Marks)
  }

  var known = Known.nothing
  /// Columns of the matrix that it is known of.
  var width = -1
}

/// How a matrix was filled.
struct Filling<Base: DeviceMatrix> {
  let matrix: Base
  let law: EntryLaw
  let stream: RandomStream
  let offset: UInt64
  /// The bit sum of what was computed.
  let sum: UInt32?
}

/// A·v for the probe vector v of A's width, a number a row; or of its part.
struct Marks {
  enum Part {
    case all
    /// The symmetric matrix whose lower triangle this is; what stands above the diagonal does not count.
    case symmetric
    /// The lower triangle, zero above.
    case triangle
  }

  var part: Part
  /// Not finite where nothing is known of a row.
  var rows: [Double]
  /// How far a measurement may lie from them.
  var tolerance: Double
  /// Whether they were measured by the same pass that they are compared with, so that bits have to agree.
  var isExact: Bool
  /// ‖A‖_F or a little more, where it was measured.
  var size: Double?
  /// Norms of the rows of the part, where they were measured.
  var norms: [Double] = []

  static func zero(rows: Int) -> Marks {
    Marks(part: .all, rows: [Double](repeating: 0, count: rows), tolerance: 0, isExact: true, size: 0)
  }

  var isZero: Bool { isExact && size == 0 }

  /// The largest modulus among those that are known.
  var largest: Double { rows.largest }

  /// An estimate of ‖A‖_F: entries of v are between 1 and 2 in modulus.
  var norm: Double { size.flatMap { $0.isFinite ? $0 : nil } ?? rows.norm }

  /// The same, predicted anew.
  func predicted(_ rows: [Double], tolerance: Double, part: Part? = nil) -> Marks {
    Marks(part: part ?? self.part, rows: rows, tolerance: tolerance, isExact: false, size: nil)
  }
}

extension [Double] {
  var largest: Double { reduce(0) { $1.isFinite ? Swift.max($0, abs($1)) : $0 } }
  /// Euclidean, of what is finite, without overflow.
  var norm: Double {
    let scale = largest
    guard scale > 0 else { return 0 }
    return scale * reduce(0) { $1.isFinite ? $0 + ($1 / scale) * ($1 / scale) : $0 }.squareRoot()
  }
}
