import LacunaFigures

/// The results of one device in one report.
struct BenchColumn {
  var name: String
  var results: [BenchResult]

  init(_ report: BenchReport, device: String, name: String) {
    self.name = name
    results = report.results.filter { $0.device == device && $0.median != nil }
  }
}

/// Time to solution against d, both logarithmic: a panel an operation, a line a device and precision.
///
/// Error bars are the 95 % interval of the median. Where two lines cross is where one device overtakes another.
func benchFigure(_ columns: [BenchColumn]) throws -> Figure {
  let operations = BenchOperation.allCases.map(\.rawValue).filter { operation in
    columns.contains { $0.results.contains { $0.operation == operation } }
  }
  guard !operations.isEmpty else {
    throw Failure("nothing was measured, so there is nothing to draw", status: ExitStatus.data)
  }
  let panels = operations.map { operation in
    var series: [Figure.Series] = []
    var group = 0
    for column in columns {
      for precision in ["float64", "float32"] {
        let points = column.results.filter { $0.operation == operation && $0.precision == precision }
          .sorted { $0.size < $1.size }
          .map { Figure.Point(Double($0.size), $0.median!, error: $0.uncertainty.map { [m = $0.median!] in $0 * m }) }
        guard !points.isEmpty else { continue }
        let name = FigureText(plain: "\(column.name), \(precision)")
        series.append(Figure.Series(.line, name: name, group: group, points: points))
        series.append(Figure.Series(.markers, name: name, group: group, points: points))
        group += 1
      }
    }
    return Figure.Panel(
      title: FigureText(plain: operation.replacing("_", with: " ")), xLabel: "coordinates {/:Italic d}",
      yLabel: "median time (s)", xLogarithmic: true, yLogarithmic: true, series: series)
  }
  return Figure(panels: panels, arrangement: .grid(columns: 3))
}
