#include <bolus/io/write_image.hpp>

#include "image_file.hpp"
#include "nifti.hpp"
#include "seg_nrrd.hpp"
#include "sidecar.hpp"

namespace bolus {
namespace {

using detail::require;

template <class T>
void write(const std::filesystem::path& path, const Image<T>& image, Overwrite overwrite) {
  require<DataError>(!image.empty(), "there are no voxels to write to ", path.string());
  require<FormatError>(io::is_image_file(path), "cannot write ", path.string(), ": its ending is '", io::image_ending(path),
                       "'; expected .nii, .nii.gz, .nrrd or .mha");
  require<FormatError>(io::image_ending(path) != ".mhd", "cannot write ", path.string(),
                       ": a .mhd file has its voxels in a second one; write .mha, which holds both");
  write_atomically(path, overwrite, [&](const std::filesystem::path& temporary) {
    if (!io::is_nifti(path)) return io::write_with_itk(temporary, image);
    const auto type = sizeof(T) == 1 ? io::NiftiType::uint8 : io::NiftiType::float32;
    io::write_nifti(temporary, image.geometry(), 0, 0.0, type, image.data());
  });
}

void require_free(const std::filesystem::path& sidecar, Overwrite overwrite) {
  std::error_code ignored;
  require<IoError>(overwrite == Overwrite::yes || !std::filesystem::exists(sidecar, ignored), sidecar.string(),
                   " exists already; ask for overwriting or choose another name");
}

}  // namespace

void write_image(const std::filesystem::path& path, const Image<float>& image, const ImageProtocol& protocol,
                 Overwrite overwrite) {
  const auto beside = io::sidecar_path(path);
  require_free(beside, overwrite);
  write(path, image, overwrite);
  write_atomically(beside, overwrite, io::sidecar_text(protocol));
}

void write_image(const std::filesystem::path& path, const Image<float>& image, Overwrite overwrite) {
  write(path, image, overwrite);
}

void write_mask(const std::filesystem::path& path, const Mask& mask, Overwrite overwrite) { write(path, mask, overwrite); }

void write_label_map(const std::filesystem::path& path, const LabelMap& labels, Overwrite overwrite) {
  if (!io::is_segmentation_file(path)) return write(path, labels.image(), overwrite);
  require<DataError>(!labels.image().empty(), "there are no voxels to write to ", path.string());
  write_atomically(path, overwrite, [&](const std::filesystem::path& temporary) { io::write_seg_nrrd(temporary, labels); });
}

void write_perfusion_series(const std::filesystem::path& path, const PerfusionSeries& series, Overwrite overwrite) {
  require<DataError>(series.frames() > 1, "there are ", series.frames(), " volumes to write to ", path.string(),
                     "; a perfusion series has at least two");
  require<FormatError>(io::is_nifti(path), "cannot write ", path.string(), ": its ending is '", io::image_ending(path),
                       "'; a perfusion series is written as .nii or .nii.gz");
  const auto beside = io::sidecar_path(path);
  require_free(beside, overwrite);
  const double step = io::even_time_step(series.times()).value_or(0.0);
  write_atomically(path, overwrite, [&](const std::filesystem::path& temporary) {
    io::write_nifti(temporary, series.geometry(), series.frames(), step, io::NiftiType::float32, series.data());
  });
  write_atomically(beside, overwrite, io::sidecar_text(series));
}

}  // namespace bolus
