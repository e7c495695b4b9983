using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Pairs;
using R1Reward.Rewards.Remote;

namespace R1Reward.Rewards.Terms.Remote;

/// <summary>The scores of a reward server as a term. A failed call has no value.</summary>
public static class RemoteTerm
{
    /// <summary>
    /// The term of an entry: one of a trace alone, or of all traces of a prompt, as the protocol has it.
    /// </summary>
    public static IReward Create(OptionReader options, ITermContext context)
    {
        var client = RemoteTermOptions.Read(options);
        if (context.Services.Remote is not { } open)
        {
            options.Refuse("type", "needs a connection to a reward server, which this program does not open here");
            return RefusedTerm.Instance;
        }

        return client.Protocol == RemoteProtocol.Groupwise
            ? new Groupwise(open(client))
            : new Pointwise(open(client));
    }

    /// <summary>
    /// What a server is shown of a trace: the message as R1-Reward's data files write it, and prompt and reply as a
    /// chat.
    /// </summary>
    public static RemoteItem Item(RewardInput input)
    {
        var content = new JArray(new JObject { ["type"] = "text", ["text"] = input.Prompt });
        foreach (var item in input.Pair.AllMedia())
        {
            var kind = item.Kind.ToString().ToLowerInvariant();
            content.Add(new JObject { ["type"] = kind, [kind] = item.Path });
        }

        return new RemoteItem
        {
            Prompt = new JArray(new JObject { ["role"] = "user", ["content"] = content }).ToString(Formatting.None),
            Sequence = $"<|im_start|>user\n{Plain(input.Prompt)}<|im_end|>\n"
                + $"<|im_start|>assistant\n{Plain(input.Reply)}<|im_end|>",
            Response = input.Reply,
            Reference = input.Pair.Reference ?? input.Pair.Label switch
            {
                PreferenceLabel.First => "<answer>1</answer>",
                PreferenceLabel.Second => "<answer>2</answer>",
                _ => null,
            },
        };
    }

    // A control token spelt out in a question or a reply must not be taken for the place where the reply begins or
    // ends.
    private static string Plain(string text) => text.Replace("<|im_", "<| im_", StringComparison.Ordinal);

    private static async ValueTask<IReadOnlyList<RewardScore>> ScoreAsync(
        IRemoteReward server, IReadOnlyList<RewardInput> group, CancellationToken cancellationToken)
    {
        var scores = await server.ScoreAsync([.. group.Select(Item)], cancellationToken).ConfigureAwait(false);
        return scores.Failure is { } failure
            ? [.. group.Select(_ => RewardScore.Unknown("remote: " + failure))]
            : [.. scores.Rewards.Select(reward => new RewardScore(reward))];
    }

    private sealed class Pointwise(IRemoteReward server) : IPointwiseReward, IDisposable
    {
        public RewardField Required => RewardField.None;

        public async ValueTask<RewardScore> ScoreAsync(
            RewardInput input, CancellationToken cancellationToken = default) =>
            (await RemoteTerm.ScoreAsync(server, [input], cancellationToken).ConfigureAwait(false))[0];

        public void Dispose() => (server as IDisposable)?.Dispose();
    }

    private sealed class Groupwise(IRemoteReward server) : IGroupwiseReward, IDisposable
    {
        public RewardField Required => RewardField.None;

        public ValueTask<IReadOnlyList<RewardScore>> ScoreAsync(
            IReadOnlyList<RewardInput> group, CancellationToken cancellationToken = default) =>
            RemoteTerm.ScoreAsync(server, group, cancellationToken);

        public void Dispose() => (server as IDisposable)?.Dispose();
    }
}
