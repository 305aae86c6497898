import LacunaAlgebra
import Synchronization

extension HostBackend {
  /// Small orders are summed in as many parts of the samples as there are threads, each masked and multiplied by one thread
  /// into a sum of its own: no thread waits for another between tiles.
  public func performAccumulateMaskedGram(
    of x: HostMatrix<Element>, masks: MaskPattern, firstSample: Int, scale: Element,
    into g: HostMatrix<Element>
  ) throws(BackendError) {
    let (d, parts) = (x.columns, threads.count)
    let isWorthwhile =
      parts > 1 && x.rows >= parts && d <= 1024 && x.rows * masks.count >= parts * d
    guard isWorthwhile else {
      return try accumulateMaskedGramByTiles(
        of: x, masks: masks, firstSample: firstSample, scale: scale, into: g)
    }
    let worker = singleThreaded
    let height = max(128, (1 << 15) / d)
    // A tile a thread, and the sums of all parts but the first.
    let memory = try scratch.take(rows: parts * height + (parts - 1) * d, columns: d, on: self)
    defer { scratch.give(back: memory) }
    let sum = { part in
      part == 0 ? g : HostMatrix(of: memory, firstRow: parts * height + (part - 1) * d, rows: d)
    }
    let failure = Mutex<BackendError?>(nil)
    threads.loop(over: parts, cost: .max) { range in
      for part in range {
        let (first, end) = (x.rows * part / parts, x.rows * (part + 1) / parts)
        do throws(BackendError) {
          if part > 0 { try worker.clear(sum(part)) }
          try worker.accumulateMaskedGramByTiles(
            of: HostMatrix(of: x, firstRow: first, rows: end - first), masks: masks,
            firstSample: firstSample + first,
            scale: scale, into: sum(part),
            tile: HostMatrix(of: memory, firstRow: part * height, rows: height))
        } catch {
          failure.withLock { $0 = error }
        }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    for part in 1..<parts {
      let other = sum(part)
      threads.loop(over: d, cost: d / 2) { rows in
        for i in rows {
          addRow(other.pointer + i * d, weight: 1, to: g.pointer + i * d, count: i + 1)
        }
      }
    }
  }
}

/// Storage kept from one masked Gram to the next: the system takes longer to find fresh memory than small ones take.
final class MaskedGramScratch<Element: HostScalar>: Sendable {
  /// One thread's at a time: who takes it leaves nothing behind.
  private struct Kept: @unchecked Sendable {
    let matrix: HostMatrix<Element>
  }

  private let kept = Mutex<Kept?>(nil)

  /// The matrix kept where it has this shape, else a fresh one. Nobody else holds it until it is given back.
  func take(rows: Int, columns: Int, on backend: HostBackend<Element>) throws(BackendError)
    -> HostMatrix<Element>
  {
    let last = kept.withLock { kept in
      let last = kept
      kept = nil
      return last
    }
    if let matrix = last?.matrix, matrix.rows == rows, matrix.columns == columns { return matrix }
    return try backend.makeMatrix(rows: rows, columns: columns)
  }

  func give(back matrix: HostMatrix<Element>) {
    let own = Kept(matrix: matrix)
    kept.withLock { $0 = own }
  }
}
