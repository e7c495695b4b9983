using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Workers;
using R1Reward.Cli.Output;
using R1Reward.Data;
using R1Reward.Data.Formats;
using R1Reward.Data.Media.Decoding;
using R1Reward.Data.Media.Processing;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Devices;
using R1Reward.Policy.Heads;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Training;
using R1Reward.Rollout.Prompts;
using static TorchSharp.torch;

namespace R1Reward.Cli.Running;

/// <summary>A scalar reward model loaded for scoring, on a thread of its own; calls may come from any thread.</summary>
internal sealed class ScoreModel : IDisposable
{
    private const int MicroBatchTokens = 8192;

    private readonly TorchThread _thread;
    private readonly ScalarModel _model;
    private readonly ResponseEncoder _encoder;
    private readonly double[] _scales;

    private ScoreModel(TorchThread thread, ScalarModel model, ResponseEncoder encoder)
    {
        _thread = thread;
        _model = model;
        _encoder = encoder;
        _scales = model.Heads.TrainingScales();
    }

    /// <summary>Names of the model's heads.</summary>
    public IReadOnlyList<string> Heads => _model.Config.Heads;

    /// <summary>Whether it takes media beside text.</summary>
    public bool Sees => _model.Backbone.Config.Media is not null;

    /// <summary>The number format of its weights.</summary>
    public required ScalarType DType { get; init; }

    /// <summary>Loads the model of a folder.</summary>
    /// <param name="options">The folder, the device, and what becomes of pictures and control tokens.</param>
    /// <exception cref="UserErrorException">
    /// The folder is no scalar model, the device is not there, or an option is for judges alone.
    /// </exception>
    public static async Task<ScoreModel> LoadAsync(JudgeModelOptions options)
    {
        if (options.Adapter is not null || options.Template is not null)
        {
            throw new UserErrorException(
                $"--model {options.Model}: a scalar model has no --adapter and no --template: leave them out.");
        }

        using var loading = new LoadingLine(options.Model);
        TensorLibrary.EnsureLoaded();
        var thread = new TorchThread("scores");
        try
        {
            return await thread.Run(() => Load(thread, options));
        }
        catch
        {
            thread.Dispose();
            throw;
        }
    }

    /// <summary>Scores responses to one question.</summary>
    /// <returns>A result for each response, or why one cannot be shown to the model.</returns>
    public async Task<(IReadOnlyList<ScoredResponse> Scores, string? Problem)> ScoreAsync(
        ResponseRow row, CancellationToken cancel)
    {
        var encoded = await Task.WhenAll(
            row.Responses.Select((_, response) => _encoder.EncodeAsync(row, response, cancel)));
        if (encoded.FirstOrDefault(one => one.Problem is not null).Problem is { } problem)
        {
            return ([], problem);
        }

        ScalarRow[] texts = [.. encoded.Select(one => one.Row!)];
        var scores = await _thread.Run(() => ScalarPass.EvaluateTogether(_model, texts, MicroBatchTokens));
        return ([.. scores.Select(one => new ScoredResponse(one, one.Zip(_scales, (a, b) => a * b).Sum()))], null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _thread.Run(_model.Dispose).GetAwaiter().GetResult();
        _thread.Dispose();
    }

    private static ScoreModel Load(TorchThread thread, JudgeModelOptions options)
    {
        var folder = options.Model;
        var compute = WorkerDevice.Select(new DeviceSettings(options.Device, options.DType, 0));
        var model = ScalarFolder.Load(folder, compute.Device, compute.DType);
        var config = model.Backbone.Config;
        var card = ModelCard.Load(folder);
        model.Backbone.PositionRule = card?.PositionRule ?? default;
        var limits = card?.Limits ?? new MediaLimits();
        var media = MediaStore.Open(
            folder,
            config,
            limits with { MaxPixels = options.MaxPixels ?? limits.MaxPixels },
            new DecodingOptions { Colours = card?.Colours ?? default, Fetch = options.Fetch });
        var conversations = new ConversationEncoder(
            Tokenizer.Load(folder, config.VocabularySize), options.Untrusted, media, config.Context);
        return new ScoreModel(thread, model, new ResponseEncoder(conversations, media is not null))
        {
            DType = compute.DType,
        };
    }
}
