using R1Reward.Actors.Bulk;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Protocol;
using R1Reward.Policy.Adapters;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Devices;
using R1Reward.Policy.Models;
using R1Reward.Policy.Tokenization;
using R1Reward.Rollout.Prompts;

namespace R1Reward.Actors.Workers.Rollout;

/// <summary>The model of one worker, on its device, with the weights it was last given. For one thread.</summary>
/// <param name="settings">How the model is used.</param>
/// <param name="device">Where and in which precision.</param>
/// <param name="deviceOffset">Added to the number of a CUDA device.</param>
/// <param name="bulk">Where weights come from.</param>
internal sealed class PolicyHolder(ModelSettings settings, DeviceSettings device, int deviceOffset, BulkHub bulk)
    : IDisposable
{
    private string? _blob;
    private CausalLM? _model;

    /// <summary>The model; only after the first <see cref="Load"/>.</summary>
    public CausalLM Model => _model!;

    /// <summary>The model's tokenizer; only after the first <see cref="Load"/>.</summary>
    public Tokenizer Tokenizer { get; private set; } = null!;

    /// <summary>
    /// The model's pictures and videos; null before the first <see cref="Load"/> and where the model reads text only.
    /// </summary>
    public MediaStore? Media { get; private set; }

    /// <summary>Whether these weights are in the model.</summary>
    public bool Holds(WeightsReference weights) => _blob == weights.Blob.Name;

    /// <summary>
    /// Brings weights into the model: from memory where a worker of this process made them, else from their files.
    /// </summary>
    /// <returns>Whether the model is a new object.</returns>
    /// <exception cref="IOException">Nobody serves the weights any more.</exception>
    public bool Load(WeightsReference weights, CancellationToken cancel)
    {
        var created = _model is null;
        if (_model is not null && bulk.Shared<CausalLM>(weights.Blob.Name) is { } shared)
        {
            _model.CopyFrom(shared);
        }
        else
        {
            var folder = bulk.FolderOfAsync(weights.Blob, cancel).GetAwaiter().GetResult();
            if (_model is null)
            {
                var compute = WorkerDevice.Select(device, deviceOffset);
                _model = PolicyFolder.Load(folder, compute.Device, compute.DType);
                _model.PositionRule = settings.PositionRule;
                Tokenizer = Tokenizer.Load(folder);
                Media = MediaStore.Open(folder, _model.Config, settings.Media.Limits, settings.Media.Decoding);
            }
            else
            {
                PolicyFolder.LoadInto(_model, folder);
            }
        }

        _blob = weights.Blob.Name;
        return created;
    }

    public void Dispose() => _model?.Dispose();
}
