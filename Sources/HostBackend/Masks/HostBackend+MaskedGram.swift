import LinearAlgebra
import Synchronization

extension HostBackend {
  /// Small orders are summed in as many parts of the samples as there are threads, each masked and multiplied by one thread
  /// into a sum of its own: no thread waits for another between tiles.
  public func accumulateMaskedGram(
    of x: HostMatrix<Element>, masks: MaskPattern, firstSample: Int, scale: Element, into g: HostMatrix<Element>
  ) throws(BackendError) {
    let (d, parts) = (x.columns, threads.count)
    try requireMasks(masks, width: d, firstSample: firstSample, into: g, "accumulateMaskedGram")
    let isWorthwhile = parts > 1 && x.rows >= parts && d <= 1024 && x.rows * masks.count >= parts * d
    guard isWorthwhile else {
      return try accumulateMaskedGramByTiles(of: x, masks: masks, firstSample: firstSample, scale: scale, into: g)
    }
    let worker = singleThreaded
    let others = try makeMatrix(rows: (parts - 1) * d, columns: d)
    let sum = { part in part == 0 ? g : HostMatrix(of: others, firstRow: (part - 1) * d, rows: d) }
    let failure = Mutex<BackendError?>(nil)
    threads.loop(over: parts, cost: .max) { range in
      for part in range {
        let (first, end) = (x.rows * part / parts, x.rows * (part + 1) / parts)
        do throws(BackendError) {
          // Written before it is read, fresh memory is fetched once.
          if part > 0 { try worker.clear(sum(part)) }
          try worker.accumulateMaskedGramByTiles(
            of: HostMatrix(of: x, firstRow: first, rows: end - first), masks: masks, firstSample: firstSample + first,
            scale: scale, into: sum(part), tileRows: max(128, (1 << 15) / d))
        } catch {
          failure.withLock { $0 = error }
        }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    for part in 1..<parts {
      let other = sum(part)
      threads.loop(over: d, cost: d / 2) { rows in
        for i in rows { addRow(other.pointer + i * d, weight: 1, to: g.pointer + i * d, count: i + 1) }
      }
    }
  }
}
