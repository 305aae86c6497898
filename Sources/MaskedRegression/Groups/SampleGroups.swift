/// Samples that belong together, each in one group: a patient, a session, a block of a time series.
public struct SampleGroups: Sendable, Equatable {
  /// The samples of each group, ascending; groups in the order of their first samples.
  public let members: [[Int]]
  public let sampleCount: Int

  public var count: Int { members.count }

  /// Samples of one label are one group.
  /// - Parameter labels: one a sample.
  public init<Label: Hashable>(labels: [Label]) {
    var numbers: [Label: Int] = [:]
    var members: [[Int]] = []
    for (sample, label) in labels.enumerated() {
      if let group = numbers[label] {
        members[group].append(sample)
      } else {
        numbers[label] = members.count
        members.append([sample])
      }
    }
    self.members = members
    sampleCount = labels.count
  }

  /// Every so many samples in turn; the last group has what is left.
  /// - Parameter length: samples of a group, at least 1.
  /// - Parameter n: samples.
  /// - Throws: `FitError.request` for a length below 1.
  public init(runs length: Int, sampleCount n: Int) throws(FitError) {
    guard length >= 1 else { throw .request("runs of \(length) samples: a group has at least one") }
    members = stride(from: 0, to: n, by: length).map { Array($0..<min($0 + length, n)) }
    sampleCount = n
  }

  /// Refuses groups that leave nothing to fit, or are not of these samples.
  func require(sampleCount n: Int) throws(FitError) {
    guard sampleCount == n else { throw .data("\(sampleCount) labels of groups for \(n) samples") }
    guard count >= 2 else {
      throw .data("all samples are in one group; with it left out nothing is left to fit")
    }
  }
}

/// Groups in pieces that one factorisation serves.
struct GroupBatches {
  /// Whole groups together, one beside the other.
  struct Batch {
    var samples: [Int] = []
    /// Where in `samples` each group begins, and the end.
    var bounds = [0]

    var groups: [Range<Int>] { zip(bounds, bounds.dropFirst()).map { $0..<$1 } }

    mutating func append(_ group: [Int]) {
      samples += group
      bounds.append(samples.count)
    }
  }

  /// Groups of at most `limit` samples.
  private(set) var batches: [Batch] = []
  /// The others.
  private(set) var large: [[Int]] = []
  /// Samples of the longest batch.
  var height: Int { batches.map(\.samples.count).max() ?? 0 }

  /// Enough rows for a product, few enough that what groups of one batch have to do with each other costs nothing.
  private static let capacity = 64

  /// - Parameter limit: beyond which an inverse without the group is less work.
  init(_ groups: SampleGroups, limit: Int) {
    for group in groups.members {
      if group.count > limit {
        large.append(group)
      } else if let last = batches.last, last.samples.count + group.count <= Self.capacity {
        batches[batches.count - 1].append(group)
      } else {
        var batch = Batch()
        batch.append(group)
        batches.append(batch)
      }
    }
  }
}
