import LacunaAlgebra
import LacunaHost
import MaskedRegression
import Testing

private let host = HostBackend<Double>()

/// Fits that are asked to end while they work.
@Suite struct InterruptedFitTests {
  private final class Asked: @unchecked Sendable {
    var count = 0
    var end = Int.max

    func ask() throws {
      count += 1
      if count >= end { throw CancellationError() }
    }
  }

  /// So many columns that their products with the samples' inverse come in blocks; all but some hold zeros, and the errors of those are
  /// the ones of a fit without the others, by the route of few columns.
  @Test(arguments: [false, true]) func asksBetweenBlocksOfColumns(centered: Bool) throws {
    let (n, d, some, step) = (512, 17_000, 24, 700)
    let stream = RandomStream(seed: 41, purpose: .samples, index: 0)
    var (values, own) = ([Double](repeating: 0, count: n * d), [Double]())
    for i in 0..<n {
      let shared = EntryLaw.gaussian.value(at: UInt64(1_000_000 + i), of: stream)
      for k in 0..<some {
        let value = shared + EntryLaw.gaussian.value(at: UInt64(i * some + k), of: stream)
        values[i * d + k * step] = value
        own.append(value)
      }
    }
    let asked = Asked()
    let fit = try DataFit(device: host, values: values, sampleCount: n, centered: centered)
    let errors = try Interruption.asking(asked.ask) { try fit.errors(ridge: 0.1) }
    // An inverse, and sums in blocks of 2²¹ numbers.
    let blocks = n * d >> 21
    #expect(asked.count > blocks)
    let expected = try DataFit(device: host, values: own, sampleCount: n, centered: centered).errors(ridge: 0.1)
    for k in 0..<some {
      #expect(abs(errors.heldOut[k * step] - expected.heldOut[k]) <= 1e-10 * expected.heldOut[k])
      #expect(abs(errors.training![k * step] - expected.training![k]) <= 1e-10 * expected.training![k])
    }
    // Wherever it was ended, the fit goes on as if it had not been.
    for end in [1, asked.count / 2, asked.count] {
      (asked.count, asked.end) = (0, end)
      #expect(throws: CancellationError.self) {
        _ = try Interruption.asking(asked.ask) { try fit.errors(ridge: 0.1) }
      }
    }
    #expect(try fit.errors(ridge: 0.1) == errors)
  }
}
