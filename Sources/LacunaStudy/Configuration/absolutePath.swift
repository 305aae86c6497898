/// `path` itself where it is absolute, else below `folder`; leading `./` are dropped.
package func absolutePath(_ path: String, from folder: String) -> String {
  if path.hasPrefix("/") { return path }
  var rest = Substring(path)
  while rest.hasPrefix("./") { rest = rest.dropFirst(2) }
  return folder.hasSuffix("/") ? folder + rest : "\(folder)/\(rest)"
}
