using System.Collections.Immutable;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Pairs;
using R1Reward.Rewards.Remote;
using R1Reward.Rewards.Terms.Registry;

namespace R1Reward.Rewards.Terms.Remote;

/// <summary>The scores of a reward server as a term. A failed call has no value.</summary>
public static class RemoteTerm
{
    /// <summary>The term of an entry: <c>url</c>, <c>protocol</c>, <c>timeout</c>, <c>attempts</c>, <c>pause</c>, <c>concurrency</c>, <c>query-key</c>, <c>api-key-env</c>.</summary>
    public static IReward Create(OptionReader options, RewardFactory factory)
    {
        var protocol = options.OneOf("protocol", RemoteProtocol.R1);
        if (!Uri.TryCreate(options.RequiredText("url"), UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            options.Refuse("url", "write an http address, for example \"http://127.0.0.1:20240/get_reward_mllm\"");
            url = new Uri("http://127.0.0.1");
        }

        var client = new RemoteRewardOptions
        {
            Url = url,
            Protocol = protocol,
            Timeout = options.Duration("timeout"),
            Attempts = options.Whole("attempts", 0, 1, 100) is > 0 and var attempts ? attempts : null,
            Pause = options.Duration("pause"),
            Concurrency = options.Whole("concurrency", 16, 1),
            QueryKey = options.Text("query-key") is { Length: > 0 } query ? query : null,
            ApiKeyEnv = options.Text("api-key-env") is { Length: > 0 } key ? key : null,
        };
        if (factory.Services.Remote is not { } open)
        {
            options.Refuse("type", "needs a connection to a reward server, which this program does not open here");
            return new Pointwise(new SummedRewards());
        }

        return protocol == RemoteProtocol.Groupwise ? new Groupwise(open(client)) : new Pointwise(open(client));
    }

    /// <summary>What a server is shown of a trace: the message as R1-Reward's data files write it, and prompt and reply as a chat.</summary>
    public static RemoteItem Item(RewardInput input)
    {
        var content = new JArray(new JObject { ["type"] = "text", ["text"] = input.Prompt });
        foreach (var item in input.Pair.Media)
        {
            var kind = item.Kind.ToString().ToLowerInvariant();
            content.Add(new JObject { ["type"] = kind, [kind] = item.Path });
        }

        return new RemoteItem
        {
            Prompt = new JArray(new JObject { ["role"] = "user", ["content"] = content }).ToString(Formatting.None),
            Sequence = $"<|im_start|>user\n{Plain(input.Prompt)}<|im_end|>\n<|im_start|>assistant\n{Plain(input.Reply)}<|im_end|>",
            Response = input.Reply,
            Reference = input.Pair.Reference ?? input.Pair.Label switch
            {
                PreferenceLabel.First => "<answer>1</answer>",
                PreferenceLabel.Second => "<answer>2</answer>",
                _ => null,
            },
        };
    }

    // A control token spelt out in a question or a reply must not be taken for the place where the reply begins or ends.
    private static string Plain(string text) => text.Replace("<|im_", "<| im_", StringComparison.Ordinal);

    private static ImmutableArray<RewardScore> Scores(RemoteScores scores, int count) => scores.Failure is { } failure
        ? [.. Enumerable.Repeat(RewardScore.Unknown("remote: " + failure), count)]
        : [.. scores.Rewards.Select(reward => new RewardScore(reward))];

    private sealed class Pointwise(IRemoteReward server) : IPointwiseReward, IDisposable
    {
        public RewardField Required => RewardField.None;

        public async ValueTask<RewardScore> ScoreAsync(RewardInput input, CancellationToken cancellationToken = default) =>
            Scores(await server.ScoreAsync([Item(input)], cancellationToken).ConfigureAwait(false), 1)[0];

        public void Dispose() => (server as IDisposable)?.Dispose();
    }

    private sealed class Groupwise(IRemoteReward server) : IGroupwiseReward, IDisposable
    {
        public RewardField Required => RewardField.None;

        public async ValueTask<IReadOnlyList<RewardScore>> ScoreAsync(IReadOnlyList<RewardInput> group, CancellationToken cancellationToken = default) =>
            Scores(await server.ScoreAsync([.. group.Select(Item)], cancellationToken).ConfigureAwait(false), group.Count);

        public void Dispose() => (server as IDisposable)?.Dispose();
    }
}
