extension Figure {
  /// A point, with the half-width of its error bar.
  public struct Point: Sendable, Equatable {
    public var x: Double
    public var y: Double
    public var error: Double?

    public init(_ x: Double, _ y: Double, error: Double? = nil) {
      self.x = x
      self.y = y
      self.error = error
    }
  }

  /// A set of points drawn in one manner.
  ///
  /// Points with a NaN or an infinite coordinate are left out, as are those at or below 0 on a logarithmic axis and
  /// those beyond 10²⁵⁰; a line is interrupted there.
  public struct Series: Sendable {
    public enum Kind: Sendable, Equatable {
      /// Theory: a line through the points in the order given.
      case line
      /// Simulation: filled markers, with error bars where there are errors.
      case markers
      /// The same with open markers.
      case openMarkers
      /// Boxes of this width around each x.
      case histogram(binWidth: Double)
    }

    public var kind: Kind
    /// In the legend; nil stays out of it. A line and markers of one group and one name share an entry.
    public var name: FigureText?
    /// Which colour, dash and marker: the same for a theory line and the markers of its simulation.
    public var group: Int
    public var points: [Point]

    public init(_ kind: Kind, name: FigureText? = nil, group: Int, points: [Point]) {
      self.kind = kind
      self.name = name
      self.group = group
      self.points = points
    }

    /// A histogram of density 1 over equal bins.
    ///
    /// - Parameter values: not empty; those outside the range count towards the total but have no box.
    /// - Parameter bins: ≥ 1.
    /// - Parameter range: nil goes from the least to the greatest value.
    public static func histogram(
      of values: [Double], bins: Int, range: ClosedRange<Double>? = nil, name: FigureText? = nil, group: Int
    ) -> Series {
      precondition(bins > 0, "a histogram has a bin")
      let low = range?.lowerBound ?? values.min() ?? 0
      let high = range?.upperBound ?? values.max() ?? 1
      let width = high > low ? (high - low) / Double(bins) : 1
      var counts = [Int](repeating: 0, count: bins)
      for value in values where value >= low && value <= high {
        counts[min(bins - 1, Int((value - low) / width))] += 1
      }
      let total = Double(values.count) * width
      return Series(
        .histogram(binWidth: width), name: name, group: group,
        points: values.isEmpty
          ? [] : counts.enumerated().map { Point(low + (Double($0) + 0.5) * width, Double($1) / total) })
    }
  }
}
