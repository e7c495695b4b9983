using Newtonsoft.Json.Linq;
using R1Reward.Cli.Running;
using R1Reward.Data;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Evaluation.Ranking;
using R1Reward.Data.Formats;
using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Data.Randomness;
using R1Reward.Rewards.Http;
using R1Reward.Rollout.Sampling;

namespace R1Reward.Cli.Serving;

/// <summary>
/// Scores by a judge that compares: each two responses are judged in both orders, and their votes counted. The score of
/// a response is the share of votes that it won; strengths are those of Bradley and Terry. The same question with the
/// same responses gets the same votes, whatever else is scored.
/// </summary>
internal sealed class JudgeScorer : IResponseScorer
{
    // Requests that the engine may have at once; a question with many responses asks for more, one after the other.
    private const int MaxRequests = 256;

    private readonly GrmEngine _engine;
    private readonly JudgeScorerOptions _options;
    private readonly SemaphoreSlim _places = new(MaxRequests);

    private JudgeScorer(GrmEngine engine, JudgeScorerOptions options) => (_engine, _options) = (engine, options);

    /// <inheritdoc/>
    public int RowsAtOnce => 32;

    /// <summary>Loads a judge onto a thread of its own.</summary>
    /// <exception cref="UserErrorException">The folder is no model, or an option is out of range.</exception>
    public static async Task<JudgeScorer> StartAsync(JudgeModelOptions model, JudgeScorerOptions options)
    {
        if (options.Samples is < 1 or > 1024)
        {
            throw new UserErrorException($"--k {options.Samples}: write 1 to 1024 samples.");
        }

        options.Sampling.Validate();
        return new JudgeScorer(await GrmEngine.StartAsync(model, MaxRequests), options);
    }

    /// <inheritdoc/>
    public async Task<ScoredRow> ScoreAsync(ResponseRow row, CancellationToken cancel)
    {
        var count = row.Responses.Count;
        if (count < 2)
        {
            return ScoredRow.Without("one response alone: this model compares two; give all responses in one row");
        }

        if (row.ResponseMedia.Count > 0 && !_engine.Sees)
        {
            return ScoredRow.Without("its responses are pictures, videos or sounds, which this model does not see");
        }

        var duels = Enumerable.Range(0, count)
            .SelectMany(first => Enumerable.Range(first + 1, count - first - 1).Select(second => (first, second)));
        try
        {
            var votes = await Task.WhenAll(duels.Select(two => JudgeAsync(row, two.first, two.second, cancel)));
            return Scores(count, votes);
        }
        catch (RefusedException refused) when (refused.Status == 400)
        {
            return ScoredRow.Without(refused.Message);
        }
        catch (RefusedException refused)
        {
            throw new UserErrorException(refused.Message, refused);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _engine.Dispose();
        _places.Dispose();
    }

    /// <summary>What the votes on each two of some responses say.</summary>
    internal static ScoredRow Scores(int count, IReadOnlyList<Duel> duels)
    {
        var (won, lost, unreadable) = (new int[count], new int[count], new int[count]);
        foreach (var (first, second, votes) in duels)
        {
            won[first] += votes.First;
            lost[first] += votes.Second;
            won[second] += votes.Second;
            lost[second] += votes.First;
            unreadable[first] += votes.Invalid;
            unreadable[second] += votes.Invalid;
        }

        if (Enumerable.Range(0, count).FirstOrDefault(one => won[one] + lost[one] == 0, -1) is var none and >= 0)
        {
            return ScoredRow.Without(
                $"none of {unreadable[none]} replies that compare response {none + 1} with another names the better "
                + "one");
        }

        var games = duels.Where(duel => duel.Votes.Votes > 0).Select(duel => new PairedGames(
            duel.First, duel.Second, duel.Votes.First, duel.Votes.Second));
        double[] strengths;
        try
        {
            strengths = BradleyTerry.Strengths(count, [.. games]);
        }
        catch (ArgumentException)
        {
            return ScoredRow.Without("too few replies name the better of two responses to compare all of them");
        }

        return new ScoredRow(
        [
            .. Enumerable.Range(0, count).Select(one => new ResponseScore(
                won[one] / (double)(won[one] + lost[one]),
                strengths[one],
                new JProperty("votes", new JObject
                {
                    ["won"] = won[one],
                    ["lost"] = lost[one],
                    ["unreadable"] = unreadable[one],
                }))),
        ]);
    }

    private async Task<Duel> JudgeAsync(ResponseRow row, int first, int second, CancellationToken cancel)
    {
        var (asGiven, exchanged) = (
            VoteAsync(PairOf(row, first, second), cancel), VoteAsync(PairOf(row, second, first), cancel));
        await Task.WhenAll(asGiven, exchanged);
        var turned = (await exchanged).Select(vote => vote switch
        {
            Choice.First => Choice.Second,
            Choice.Second => Choice.First,
            _ => (Choice?)null,
        });
        return new Duel(first, second, VoteTally.Count((await asGiven).Concat(turned)));
    }

    private async Task<IReadOnlyList<Choice?>> VoteAsync(PreferencePair pair, CancellationToken cancel)
    {
        await _places.WaitAsync(cancel);
        try
        {
            var request = new GrmRequest(
                _engine.Template.Render(pair),
                _options.Samples,
                Vote: false,
                _options.Sampling,
                Seed: null,
                Stream: false,
                StreamUsage: false,
                LogProbs: false,
                TopLogProbs: 0);
            string[] shown =
                [pair.Question, pair.Response1, pair.Response2, .. pair.AllMedia().Select(item => item.Path)];
            var seed = CounterRandom.KeyOf(_options.Seed, "score/" + string.Join('\n', shown));
            var replies = await _engine.AnswerAsync(request, unchecked((long)seed), onToken: null, cancel);
            return
            [
                .. replies.Select(reply =>
                    JudgmentParser.Parse(_engine.Tags.ToPublished(reply.Text), _options.Answer).Choice),
            ];
        }
        finally
        {
            _places.Release();
        }
    }

    // A model that reads text judges by the text, as in votes.
    private PreferencePair PairOf(ResponseRow row, int first, int second) => new()
    {
        Id = new PairId("score"),
        Question = row.Prompt,
        Response1 = row.Responses[first],
        Response2 = row.Responses[second],
        Media = _engine.Sees ? row.Media : [],
        Media1 = row.ResponseMedia.Count > 0 ? row.ResponseMedia[first] : [],
        Media2 = row.ResponseMedia.Count > 0 ? row.ResponseMedia[second] : [],
    };
}
