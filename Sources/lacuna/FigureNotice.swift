import LacunaFigures
import LacunaStudy

/// What becomes of figures where no gnuplot is there: it is said once, before the work begins, and fails no command, since data and
/// script of each figure are written.
struct FigureNotice {
  private let isSaid: Bool

  /// - Parameter wanted: whether the command makes figures at all.
  init(wanted: Bool) {
    let obstacle = wanted ? Figure.drawingObstacle : nil
    if let obstacle { log.warning("\(obstacle)") }
    isSaid = obstacle != nil
  }

  /// Whether figures will have no pictures.
  var foresaw: Bool { isSaid }

  /// Does what draws; that gnuplot is missing is no error of it.
  func excusing(_ draw: () throws -> Void) throws {
    do {
      try draw()
    } catch {
      guard ((error as? StudyError)?.underlying ?? error) as? FigureError == .gnuplotMissing else { throw error }
      if !isSaid { log.warning("\(FigureError.gnuplotMissing)") }
    }
  }
}
