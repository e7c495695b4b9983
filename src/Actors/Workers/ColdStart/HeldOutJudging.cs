using R1Reward.Actors.Configuration.Settings;
using R1Reward.Data.Pairs;
using R1Reward.Policy.Models;
using R1Reward.Policy.Tokenization;
using R1Reward.Rollout;
using R1Reward.Rollout.Prompts;
using R1Reward.Rollout.Sampling;
using R1Reward.Rollout.Voting;

namespace R1Reward.Actors.Workers.ColdStart;

/// <summary>
/// What a judge in training makes of the held-out pairs: it writes a judgment of each, as it will when it is trained.
/// For the thread that trains the model.
/// </summary>
/// <param name="settings">How judgments are sampled and read.</param>
/// <param name="model">The model in training.</param>
/// <param name="tokenizer">The model's tokenizer.</param>
/// <param name="encoder">Writes prompts in the model's tokens.</param>
/// <param name="pairs">The held-out pairs.</param>
internal sealed class HeldOutJudging(
    RunSettings settings,
    CausalLM model,
    Tokenizer tokenizer,
    PromptEncoder encoder,
    IReadOnlyList<PreferencePair> pairs)
{
    // Their pictures are in memory together.
    private const int PairsAtOnce = 32;

    /// <summary>
    /// Adds the share of pairs whose judgment names the preferred response, unreadable ones counting as wrong, and the
    /// share of unreadable ones; nothing where no pair can be shown.
    /// </summary>
    /// <param name="figures">Figures of a step.</param>
    /// <param name="onJudged">Called after each pair.</param>
    public void AddTo(Dictionary<string, double> figures, Action onJudged)
    {
        // Keys and values take memory only while they are needed.
        using var engine = new GenerationEngine(model, tokenizer, new GenerationEngineOptions
        {
            MaxSequences = settings.Rollout.MaxSequences,
            CacheBytes = settings.Rollout.CacheBytes,
            Parts = settings.Rollout.Parts,
            Threads = settings.SftWorker.Threads,
        });
        var voter = new Voter(engine, encoder, new VoteOptions
        {
            Samples = 1,
            Answer = settings.Rewards.Answer,
            Seed = settings.Seed,
            Sampling = new SamplingOptions
            {
                MaxNewTokens = settings.Rollout.Sampling.MaxNewTokens,
                Temperature = settings.Eval.Temperature,
            },
        });
        var judged = new List<VoteResult>();
        foreach (var some in pairs.Chunk(model.Config.Media is null ? Math.Max(1, pairs.Count) : PairsAtOnce))
        {
            voter.Vote(some, result =>
            {
                judged.Add(result);
                onJudged();
            });
        }

        var shown = judged.Where(result => result.Problem is null).ToList();
        if (shown.Count > 0)
        {
            figures["held-out-accuracy"] = shown.Count(result => result.Correct == true) / (double)shown.Count;
            figures["held-out-unreadable"] = shown.Count(result => result.Tally.Votes == 0) / (double)shown.Count;
        }
    }
}
