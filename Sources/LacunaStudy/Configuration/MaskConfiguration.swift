/// Which coordinates are hidden in a training example: `model.mask`.
public enum MaskConfiguration: Sendable, Equatable {
  /// `leave_one_out`: one coordinate at a time is hidden and predicted from all the others.
  case leaveOneOut
  /// `partition: {blocks, order, passes}`: blocks of coordinates hidden together, every coordinate once a pass.
  case partition(Blocks, passes: Int)
  /// `bernoulli: {keep}`: all masks that show each coordinate with this probability, in closed form.
  case bernoulli(keep: Double)
  /// `random: {keep or visible, masks, loss}`: so many masks drawn for each sample.
  case random(Size, masks: Int, loss: Loss)
  /// `shared: {keep or visible, masks}`: so many masks drawn, the same for all samples.
  case shared(Size, masks: Int)
  /// `explicit: {file, weights}`, or `shared: {file}`: masks written out, 0 for hidden and 1 for visible, patterns ×
  /// coordinates; weights of any positive sum, equal by default.
  case explicit(file: String, weights: [Double]?)
  /// `observed`: the missing cells of given data.
  case observed

  /// The blocks of a partition.
  public enum Blocks: Sendable, Equatable {
    /// So many runs of neighbours, 2 … d.
    case contiguous(Int)
    /// So many random blocks of (nearly) equal size, drawn for each trial and pass.
    case random(Int)
    /// Coordinates of each block, counted from 1, every one in exactly one block.
    case list([[Int]])
  }

  /// How much a drawn mask shows.
  public enum Size: Sendable, Equatable {
    /// Each coordinate with this probability, in (0, 1).
    case keep(Double)
    /// Exactly so many coordinates, 1 … d − 1.
    case visible(Int)
  }

  /// Which errors training counts.
  public enum Loss: String, Sendable, CaseIterable {
    /// Those of the hidden coordinates.
    case hidden
    /// Those of all coordinates, none reading itself.
    case all
  }

  /// What can be measured of the predictor. The leave-one-out one is never formed for its errors: its variance is that of
  /// d blocks.
  var measures: [Measure] {
    switch self {
    case .leaveOneOut: [.errors, .spectrum, .recovery, .pca]
    case .bernoulli: [.errors, .spectrum, .variance]
    case .partition, .random, .shared, .explicit, .observed: [.errors, .variance]
    }
  }

  /// The word that chooses it.
  var word: String {
    switch self {
    case .leaveOneOut: "leave_one_out"
    case .partition: "partition"
    case .bernoulli: "bernoulli"
    case .random: "random"
    case .shared: "shared"
    case .explicit: "explicit"
    case .observed: "observed"
    }
  }
}
