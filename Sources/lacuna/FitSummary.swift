import LacunaAlgebra
import MaskedRegression

/// What `lacuna fit` found: `fit.json`, and what `--json` prints.
struct FitSummary: Encodable {
  struct PathPoint: Encodable {
    var ridge, trainingError, leaveOneOutError, gcvError: Double

    init(_ errors: FitErrors) {
      ridge = errors.ridge
      trainingError = errors.meanTraining
      leaveOneOutError = errors.meanLeaveOneOut
      gcvError = errors.gcv
    }

    enum CodingKeys: String, CodingKey {
      case ridge
      case trainingError = "training_error"
      case leaveOneOutError = "leave_one_out_error"
      case gcvError = "gcv_error"
    }
  }

  var sampleCount, coordinateCount: Int
  var best: PathPoint
  var path: [PathPoint]
  var centered: Bool
  var device, precision, version: String
  /// Mean square of a coordinate: the error of predicting nothing.
  var meanSquare: Double

  init<Device: Backend>(
    _ search: DataFit<Device>.RidgeSearch, fit: DataFit<Device>, device: String, centered: Bool
  ) {
    sampleCount = fit.sampleCount
    coordinateCount = fit.coordinateCount
    best = PathPoint(search.best)
    path = search.path.map(PathPoint.init)
    self.centered = centered
    self.device = device
    precision = Device.Element.precision.rawValue
    version = lacunaVersion
    meanSquare = mean(fit.variances)
  }

  enum CodingKeys: String, CodingKey {
    case ridge, path, centered, device, precision, version
    case sampleCount = "n"
    case coordinateCount = "d"
    case trainingError = "training_error"
    case leaveOneOutError = "leave_one_out_error"
    case gcvError = "gcv_error"
    case meanSquare = "mean_square"
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(sampleCount, forKey: .sampleCount)
    try container.encode(coordinateCount, forKey: .coordinateCount)
    try container.encode(best.ridge, forKey: .ridge)
    try container.encode(best.trainingError, forKey: .trainingError)
    try container.encode(best.leaveOneOutError, forKey: .leaveOneOutError)
    try container.encode(best.gcvError, forKey: .gcvError)
    try container.encode(path, forKey: .path)
    try container.encode(centered, forKey: .centered)
    try container.encode(device, forKey: .device)
    try container.encode(precision, forKey: .precision)
    try container.encode(version, forKey: .version)
    try container.encode(meanSquare, forKey: .meanSquare)
  }

  /// For the terminal.
  var text: String {
    var table = TextTable(["ridge", "training", "leave-one-out", "GCV", ""])
    for point in path {
      table.append([
        format(point.ridge, digits: 5), format(point.trainingError, digits: 6),
        format(point.leaveOneOutError, digits: 6), format(point.gcvError, digits: 6),
        point.ridge == best.ridge ? "← best" : "",
      ])
    }
    return """
      \(sampleCount) samples, \(coordinateCount) coordinates\(centered ? ", centred" : ""); \
      predicting nothing leaves \(format(meanSquare, digits: 6))

      \(table.text)

      mean squared error a cell; ridge on S = XᵀX/n (EASE's λ = n · ridge)
      """
  }
}
