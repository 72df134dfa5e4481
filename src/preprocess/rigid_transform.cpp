#include <bolus/preprocess/rigid_transform.hpp>

#include <cmath>
#include <fstream>
#include <limits>
#include <numbers>
#include <sstream>
#include <vector>

#include <bolus/core/error.hpp>

#include "../io/image_file.hpp"

namespace bolus {

using detail::message;
using detail::require;

double RigidTransform::rotation_angle() const {
  const Eigen::Matrix3d rotation = matrix.topLeftCorner<3, 3>();
  const Eigen::Vector3d axis(rotation(2, 1) - rotation(1, 2), rotation(0, 2) - rotation(2, 0), rotation(1, 0) - rotation(0, 1));
  return std::atan2(axis.norm(), rotation.trace() - 1.0) * 180.0 / std::numbers::pi;
}

void RigidTransform::validate() const {
  require<GeometryError>(matrix.allFinite(), "the transform holds NaN or infinity");
  const Eigen::Matrix3d rotation = matrix.topLeftCorner<3, 3>();
  const double skew = (rotation.transpose() * rotation - Eigen::Matrix3d::Identity()).cwiseAbs().maxCoeff();
  require<GeometryError>(skew < 1e-6 && rotation.determinant() > 0.0, "the transform is not rigid: its 3 x 3 part deviates by ",
                         skew, " from a rotation, with determinant ", rotation.determinant());
  require<GeometryError>(matrix.row(3) == Eigen::RowVector4d(0, 0, 0, 1), "the last row of the transform is not 0 0 0 1");
}

void write_transform(const std::filesystem::path& path, const RigidTransform& transform, Overwrite overwrite) {
  transform.validate();
  const auto ending = path.extension();
  require<FormatError>(ending == ".tfm" || ending == ".txt", "cannot write ", path.string(),
                       ": expected the ending .tfm or .txt");
  // An affine type stores the matrix itself, where Euler angles would round it; every ITK reader knows it.
  std::ostringstream text;
  text.precision(std::numeric_limits<double>::max_digits10);
  text << "#Insight Transform File V1.0\n#Transform 0\nTransform: AffineTransform_double_3_3\nParameters:";
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) text << ' ' << transform.matrix(row, column);
  }
  for (int row = 0; row < 3; ++row) text << ' ' << transform.matrix(row, 3);
  text << "\nFixedParameters: 0 0 0\n";
  write_atomically(path, overwrite, text.str());
}

namespace {

using Numbers = std::vector<double>;

Eigen::Matrix3d rotation_about(const Eigen::Vector3d& axis, double angle) {
  return Eigen::AngleAxisd(angle, axis).toRotationMatrix();
}

/// Matrix and centre of the linear transforms that ITK writes; the names are ITK's.
RigidTransform transform_from(const std::string& type, const Numbers& p, const Numbers& fixed, const std::string& name) {
  const auto kind = type.substr(0, type.find('_'));
  const auto has = [&](std::size_t count) {
    require<FormatError>(p.size() == count && fixed.size() >= 3, name, ": ", kind, " has ", p.size(), " parameters and ",
                         fixed.size(), " fixed ones; expected ", count, " and at least 3");
  };
  Eigen::Matrix3d rotation;
  Eigen::Vector3d translation;
  if (kind == "AffineTransform" || kind == "MatrixOffsetTransformBase") {
    has(12);
    rotation << p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8];
    translation << p[9], p[10], p[11];
  } else if (kind == "Euler3DTransform") {
    has(6);
    const auto x = rotation_about(Eigen::Vector3d::UnitX(), p[0]), y = rotation_about(Eigen::Vector3d::UnitY(), p[1]);
    const auto z = rotation_about(Eigen::Vector3d::UnitZ(), p[2]);
    const bool zyx = fixed.size() > 3 && fixed[3] != 0.0;
    rotation = zyx ? Eigen::Matrix3d(z * y * x) : Eigen::Matrix3d(z * x * y);
    translation << p[3], p[4], p[5];
  } else if (kind == "VersorRigid3DTransform") {
    has(6);
    const double squared = p[0] * p[0] + p[1] * p[1] + p[2] * p[2];
    require<FormatError>(squared <= 1.0 + 1e-9, name, ": the versor is longer than 1: the file is damaged, write it again");
    rotation = Eigen::Quaterniond(std::sqrt(std::max(0.0, 1.0 - squared)), p[0], p[1], p[2]).normalized().toRotationMatrix();
    translation << p[3], p[4], p[5];
  } else {
    throw FormatError(message(name, " holds a ", kind,
                              "; expected AffineTransform, MatrixOffsetTransformBase, Euler3DTransform or ",
                              "VersorRigid3DTransform"));
  }
  const Eigen::Vector3d centre(fixed[0], fixed[1], fixed[2]);
  RigidTransform transform;
  transform.matrix.topLeftCorner<3, 3>() = rotation;
  transform.matrix.topRightCorner<3, 1>() = translation + centre - rotation * centre;
  try {
    transform.validate();
  } catch (const GeometryError& failure) {
    throw FormatError(message(name, ": ", failure.what()));
  }
  return transform;
}

}  // namespace

RigidTransform read_transform(const std::filesystem::path& path) {
  io::require_file(path);
  const std::string name = path.string();
  std::ifstream stream(path);
  std::string line, type;
  require<FormatError>(std::getline(stream, line) && line.starts_with("#Insight Transform File"), name,
                       " is not an ITK transform file: it does not begin with '#Insight Transform File'");
  Numbers parameters, fixed;
  bool complete = false;
  while (std::getline(stream, line)) {
    const auto colon = line.find(':');
    if (line.starts_with("#") || colon == std::string::npos) continue;
    const auto key = line.substr(0, colon);
    std::istringstream rest(line.substr(colon + 1));
    if (key == "Transform") {
      require<FormatError>(type.empty(), name, " holds several transforms; expected one: compose them first");
      rest >> type;
    } else if (key == "Parameters" || key == "FixedParameters") {
      auto& numbers = key == "Parameters" ? parameters : fixed;
      for (double number = 0.0; rest >> number;) numbers.push_back(number);
      require<FormatError>(rest.eof(), name, ": ", key, " holds something that is not a number");
      complete = complete || key == "FixedParameters";
    }
  }
  require<FormatError>(!type.empty() && complete, name, " ends early: expected Transform, Parameters and FixedParameters");
  return transform_from(type, parameters, fixed, name);
}

void write_matrix_ras(const std::filesystem::path& path, const RigidTransform& transform, Overwrite overwrite) {
  transform.validate();
  const auto ending = path.extension();
  require<FormatError>(ending != ".tfm" && ending != ".nii" && ending != ".gz", "cannot write ", path.string(),
                       " as a text matrix: the ending says it is something else; .txt or .mat are usual");
  std::ostringstream text;
  text.precision(std::numeric_limits<double>::max_digits10);
  const Eigen::Matrix4d matrix = transform.to_ras();
  for (int row = 0; row < 4; ++row) {
    for (int column = 0; column < 4; ++column) text << (column > 0 ? " " : "") << matrix(row, column);
    text << '\n';
  }
  write_atomically(path, overwrite, text.str());
}

RigidTransform read_matrix_ras(const std::filesystem::path& path) {
  io::require_file(path);
  std::ifstream stream(path);
  std::string line;
  Numbers numbers;
  while (numbers.size() <= 16 && std::getline(stream, line)) {
    if (line.starts_with("#")) continue;
    std::istringstream rest(line);
    for (double number = 0.0; rest >> number;) numbers.push_back(number);
    require<FormatError>(rest.eof(), path.string(), " holds something that is not a number: '", line.substr(0, 40), "'");
  }
  require<FormatError>(numbers.size() == 16, path.string(), " holds ", numbers.size(),
                       " numbers; expected the 16 of a 4 x 4 matrix between RAS points");
  RigidTransform transform;
  transform.matrix = Eigen::Map<const Eigen::Matrix<double, 4, 4, Eigen::RowMajor>>(numbers.data());
  transform.matrix = transform.to_ras();  // its own inverse: the same two signs
  try {
    transform.validate();
  } catch (const GeometryError& failure) {
    throw FormatError(message(path.string(), ": ", failure.what()));
  }
  return transform;
}

}  // namespace bolus
