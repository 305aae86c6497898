/// How small standard errors are to be at every point, and how many trials may go into that: `--standard-error`.
///
/// Trials go in rounds. After n trials with standard error e where w is wanted, n(e/w)² are needed by the spread seen, which n − 1
/// squares tell within √(2/(n − 1)) of itself. The next round goes to one such error less, so that a spread that was great by
/// chance costs little; near the end to a tenth more than is needed, or a quarter more than n, lest rounds get ever smaller; and to
/// five times n at most.
package struct TrialGoal: Sendable, Equatable, Codable {
  /// Of one quantity.
  package struct Bound: Sendable, Equatable, Codable, CustomStringConvertible {
    /// Its name as `QuantityName` writes it.
    package var quantity: String
    /// In the quantity's unit; where it is relative, of the mean's absolute value.
    package var value: Double
    package var isRelative: Bool

    enum CodingKeys: String, CodingKey {
      case quantity, value
      case isRelative = "is_relative"
    }

    /// - Parameter text: `X`, `X%`, `KEY=X` or `KEY=X%` with X > 0.
    package init(_ text: String) throws(ShardError) {
      let parts = text.split(separator: "=", omittingEmptySubsequences: false)
      var number = parts.last ?? ""
      isRelative = number.hasSuffix("%")
      if isRelative { number.removeLast() }
      guard parts.count <= 2, let value = Double(number), value > 0, value.isFinite, parts.first?.isEmpty == false
      else {
        throw .goal(text, reason: "write a standard error above 0, such as 0.01 or 1%, or KEY=0.01 of another quantity")
      }
      self.value = isRelative ? value / 100 : value
      quantity = parts.count > 1 ? String(parts[0]) : QuantityName.generalizationError.description
    }

    package var description: String {
      isRelative ? "\(NumberText.brief(value * 100))% of the mean" : NumberText.brief(value)
    }

    /// Standard error / wanted; nil where fewer than two trials have a value.
    func ratio(_ point: PointResult) -> Double? {
      guard let statistic = point[QuantityName(stringLiteral: quantity)], let error = statistic.standardError,
        let mean = statistic.mean
      else { return nil }
      guard error != 0 else { return 0 }
      let ratio = error / (isRelative ? value * abs(mean) : value)
      return ratio.isNaN ? .infinity : ratio
    }
  }

  package var bounds: [Bound]
  /// Trials of a point at most.
  package var trialLimit: Int

  enum CodingKeys: String, CodingKey {
    case bounds
    case trialLimit = "trial_limit"
  }

  /// - Parameter bounds: at least one, as `Bound` reads them.
  /// - Parameter trialLimit: trials of a point at most.
  package init(_ bounds: [String], trialLimit: Int) throws(ShardError) {
    self.bounds = []
    for text in bounds { self.bounds.append(try Bound(text)) }
    self.trialLimit = trialLimit
  }

  /// - Parameter points: of the study, without trials.
  /// - Throws: `ShardError.goal` where one of them does not measure what is bounded.
  func check(_ points: [PointResult]) throws(ShardError) {
    let measured = points.map { Set($0.quantities.filter { $0.statistic != nil }.map(\.name.description)) }
    let everywhere = measured.dropFirst().reduce(measured.first ?? []) { $0.intersection($1) }
    for bound in bounds where !everywhere.contains(bound.quantity) {
      throw .goal(
        bound.quantity,
        reason: "not measured by trial at every point; there is \(everywhere.sorted().joined(separator: ", "))")
    }
  }

  /// Below which a spread says nothing.
  static let leastTrials = 10

  /// Trials of the first round: as configured, but enough to see a spread.
  /// - Parameter unit: trials that are done together.
  package func first(configured: Int, unit: Int) -> Int { whole(max(configured, Self.leastTrials), unit: unit) }

  /// Trials that a stage needs by the spread seen: n max (e/w)²; nil where it was not seen.
  /// - Parameter points: of its ridges, after n trials.
  func needed(_ points: [PointResult]) -> Double? {
    var worst = 0.0
    for point in points {
      for bound in bounds {
        guard let ratio = bound.ratio(point) else { return nil }
        worst = max(worst, Double(point.trials) * ratio * ratio)
      }
    }
    return worst
  }

  /// Trials after the next round.
  /// - Parameter trials: n.
  /// - Parameter needed: by the spread seen.
  /// - Parameter unit: trials that are done together.
  /// - Returns: n where no more are needed or allowed.
  package func next(after trials: Int, needed: Double?, unit: Int) -> Int {
    let n = Double(trials)
    let most = Double(max(trialLimit, trials))
    guard let needed else { return whole(Int(min(2 * n, most)), unit: unit) }
    guard needed > n else { return trials }
    let cautious = needed * (1 - (2 / max(n - 1, 2)).squareRoot())
    let next = min(max(cautious, min(1.1 * needed, 1.25 * n)), 5 * n, most).rounded(.up)
    return whole(max(Int(next), trials), unit: unit)
  }

  /// As many units as hold so many trials, within the limit.
  private func whole(_ trials: Int, unit: Int) -> Int {
    let units = (trials + unit - 1) / unit
    return max(1, min(units, trialLimit / unit)) * unit
  }
}

/// How far a goal is reached.
package struct GoalProgress: Sendable {
  /// Of one stage.
  package struct Stage: Sendable, Equatable {
    package var trials: Int
    /// By the spread seen; nil where it was not seen.
    package var needed: Double?
    /// After the next round.
    package var next: Int
  }

  package var stages: [Stage]
  /// Where a standard error is the greatest multiple of what is wanted, in words.
  package var worst: String
  /// The same in short, for a line of progress.
  package var brief: String
  /// Whether all are small enough.
  package var isReached: Bool

  /// Whether another round is to be done: else the goal is reached, or trials are at the limit.
  package var goesOn: Bool { stages.contains { $0.next > $0.trials } }

  /// Trials in the end, by the spread seen.
  /// - Parameter limit: of a stage.
  package func expectedTrials(limit: Int) -> Int {
    stages.reduce(0) { $0 + max($1.next, Int(min($1.needed ?? 0, Double(limit)).rounded(.up))) }
  }

  /// - Parameter points: of all stages, a list a stage.
  init(_ goal: TrialGoal, points: [[PointResult]], units: [Int]) {
    stages = zip(points, units).map { points, unit in
      let needed = goal.needed(points)
      let trials = points.first?.trials ?? 0
      return Stage(trials: trials, needed: needed, next: goal.next(after: trials, needed: needed, unit: unit))
    }
    isReached = stages.allSatisfy { stage in stage.needed.map { $0 <= Double(stage.trials) } ?? false }
    let all = points.joined().flatMap { point in goal.bounds.map { (point, $0, $0.ratio(point) ?? .infinity) } }
    guard let (point, bound, ratio) = all.max(by: { $0.2 < $1.2 }) else {
      (worst, brief) = ("", "")
      return
    }
    let size = bound.value * ratio
    let found =
      !size.isFinite
      ? "unknown"
      : bound.isRelative ? NumberText.format(size * 100, digits: 2) + "%" : NumberText.format(size, digits: 2)
    brief = "±\(found), \(bound) wanted"
    worst =
      "standard error of \(bound.quantity) \(found), \(bound) wanted (n = \(point.sampleCount), ridge "
      + "\(NumberText.brief(point.ridge)))"
  }
}
