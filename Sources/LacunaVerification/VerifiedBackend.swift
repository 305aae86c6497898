import LacunaAlgebra
import Synchronization

/// A backend whose every operation is checked as it runs: see README.md.
///
/// It computes what its base computes, bit for bit.
/// - Throws: beside what the base throws, `BackendError.device` with the call "verification" where a result is not what the
///   operation's law makes of its arguments.
public struct VerifiedBackend<Base: Backend>: Backend {
  public typealias Element = Base.Element
  public typealias Matrix = VerifiedMatrix<Base.Matrix>

  public let base: Base
  private let probes = ProbeVectors()

  public init(_ base: Base) { self.base = base }

  public var description: String { "\(base.description), verified" }
  public var verification: String? { "on" }
  public var concurrency: Int { base.concurrency }
  public var singleThreaded: VerifiedBackend { VerifiedBackend(base.singleThreaded) }
  public var bandWidth: Int { base.bandWidth }

  public var workspaceMatrices: (tridiagonalize: Int, eigendecompose: Int) { base.workspaceMatrices }
  public var standingBytes: Int { base.standingBytes }
  public func temporaryBytes(order: Int) -> Int { base.temporaryBytes(order: order) }
  public func rowBlock(columns: Int) -> Int { base.rowBlock(columns: columns) }

  /// Of the precision.
  var epsilon: Double { Double(Element.ulpOfOne) }

  /// Of sums in float64, or in pairs of float32.
  static var sumEpsilon: Double { 0x1p-42 }

  /// v of a length: entries ±(1 + k/1024), 0 ≤ k < 1024, exact in every precision.
  func probe(_ count: Int) -> [Double] { probes.vector(count) }

  /// What a result that cannot be right is thrown as.
  func failure(_ operation: String, _ what: String) -> BackendError {
    .device(
      call: "verification", status: 0,
      log: "\(operation) of \(base.description) is wrong: \(what); the device is at fault")
  }

  /// Runs an operation on arguments that were found finite: one that says they are not is wrong.
  func withFinite<Result>(
    _ marks: Marks, _ operation: String, _ body: () throws(BackendError) -> Result
  ) throws(BackendError) -> Result {
    do throws(BackendError) {
      return try body()
    } catch {
      if case .nonFinite = error, marks.rows.allSatisfy(\.isFinite) {
        throw failure(operation, "it found a number that is not finite in a matrix that had none")
      }
      throw error
    }
  }
}

/// The probe vectors, by length.
private final class ProbeVectors: Sendable {
  private let known = Mutex<[Int: [Double]]>([:])

  func vector(_ count: Int) -> [Double] {
    known.withLock { known in
      if let found = known[count] { return found }
      let stream = RandomStream(seed: 0x7072_6F62_6573, purpose: .probes, index: count)
      var values: [Double] = []
      values.reserveCapacity(count)
      for block in 0..<(count + 3) / 4 {
        let words = stream.block(UInt64(block))
        for w in 0..<4 where values.count < count {
          let size = 1 + Double(words[w] >> 22) / 1024
          values.append(words[w] & 1 == 0 ? size : -size)
        }
      }
      // Lengths are few: of matrices, and of blocks of them.
      if known.count == 64 { known = [:] }
      known[count] = values
      return values
    }
  }
}
