/// An experiment as a configuration file describes it, every default filled in and every value checked.
///
/// One configuration holds a list of sample counts and a list of ridges; the runner loops over both.
/// Keys that are swept from the command line give one configuration each, see `ExperimentPoint`.
public struct ExperimentConfiguration: Sendable, Equatable {
  /// Trials of a point at most: they are told apart below 2²⁰.
  package static let mostTrials = 1_000_000

  /// `experiment.name`: titles and file names; by default the name of the configuration file.
  public var name: String
  /// `experiment.trials`: independent draws of the data per point, at least 1; 10 by default.
  public var trials: Int
  /// `experiment.seed`: the root of every random stream; 1 by default.
  public var seed: UInt64
  /// `data`: where samples come from.
  public var data: DataConfiguration
  /// `model.ridge`: the penalties λ to try, in units of the Gram's eigenvalues.
  public var ridges: RidgeConfiguration
  /// `model.mask`: which coordinates are hidden in a training example; `leave_one_out` by default.
  public var mask: MaskConfiguration
  /// `model.weights`: of the penalty, under `leave_one_out` masks; `uniform` by default.
  public var weights: WeightConfiguration
  /// `model.pca.rank`: of principal components where they are measured; `best` by default.
  public var principalRank: PrincipalRank
  /// `measure`: what is recorded of each trial, by the words of `MeasureRegistry`; `[errors]` by default. Errors come with
  /// everything else.
  public var measures: [String]

  public init(
    name: String, trials: Int = 10, seed: UInt64 = 1, data: DataConfiguration, ridges: RidgeConfiguration,
    mask: MaskConfiguration = .leaveOneOut, weights: WeightConfiguration = .uniform,
    principalRank: PrincipalRank = .best, measures: [String] = ["errors"]
  ) {
    self.name = name
    self.trials = trials
    self.seed = seed
    self.data = data
    self.ridges = ridges
    self.mask = mask
    self.weights = weights
    self.principalRank = principalRank
    self.measures = measures
  }
}

/// One combination of the swept keys with the configuration it gives.
public struct ExperimentPoint: Sendable {
  /// The swept keys in the order of the command line, each with its value here as the user wrote it;
  /// empty when nothing is swept.
  public var swept: [(key: String, value: String)]
  public var configuration: ExperimentConfiguration

  public init(swept: [(key: String, value: String)] = [], configuration: ExperimentConfiguration) {
    self.swept = swept
    self.configuration = configuration
  }
}
