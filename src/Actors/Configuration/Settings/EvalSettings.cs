using Newtonsoft.Json.Linq;
using R1Reward.Data.Evaluation;

namespace R1Reward.Actors.Configuration.Settings;

/// <summary>Evaluation on held-out pairs.</summary>
/// <param name="Pairs">Pairs of one evaluation; 0: all.</param>
/// <param name="Every">Updates between two; 0: only after the cold start and at the end.</param>
/// <param name="VoteSamples">Samples per pair at the end.</param>
/// <param name="Ties">What a tied vote counts as.</param>
/// <param name="BothOrders">Judge each pair in both orders.</param>
/// <param name="Temperature">Sampling temperature.</param>
/// <param name="Noise">
/// Whether scenes shown as pictures are judged once more with noise in place of the picture.
/// </param>
/// <param name="Evaluators">Entries of evaluators beside the figures that every run has.</param>
public sealed record EvalSettings(
    int Pairs, int Every, int VoteSamples, TieRule Ties, bool BothOrders, double Temperature, bool Noise,
    IReadOnlyList<JObject> Evaluators)
{
    /// <summary>Reads the keys under <c>r1reward.eval</c>.</summary>
    public static EvalSettings Read(SettingsReader reader) => new(
        reader.Whole("r1reward.eval.pairs", 0),
        reader.Whole("r1reward.eval.every", 0),
        reader.Whole("r1reward.eval.vote-samples", 1),
        reader.OneOf<TieRule>("r1reward.eval.vote-ties"),
        reader.Flag("r1reward.eval.both-orders"),
        reader.Number("r1reward.eval.temperature", 0),
        reader.Flag("r1reward.eval.noise"),
        reader.Entries("r1reward.eval.evaluators"));
}
