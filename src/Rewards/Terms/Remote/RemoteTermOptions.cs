using R1Reward.Rewards.Remote;

namespace R1Reward.Rewards.Terms.Remote;

/// <summary>Reads the options of the term <c>remote</c>, which are those of the client of the reward server.</summary>
internal static class RemoteTermOptions
{
    /// <summary>Reads the options of an entry.</summary>
    public static RemoteRewardOptions Read(OptionReader options)
    {
        var protocol = options.OneOf("protocol", RemoteProtocol.R1);
        var usual = new RemoteRewardOptions { Url = Url(options), Protocol = protocol };
        return usual with
        {
            Timeout = options.Duration("timeout"),
            Attempts = options.Whole("attempts", 0, 1, 100) is > 0 and var attempts ? attempts : null,
            Pause = options.Duration("pause"),
            Concurrency = options.Whole("concurrency", usual.Concurrency, 1),
            QueryKey = options.Text("query-key") is { Length: > 0 } query ? query : null,
            ApiKeyEnv = options.Text("api-key-env") is { Length: > 0 } key ? key : null,
        };
    }

    private static Uri Url(OptionReader options)
    {
        var text = options.RequiredText("url");
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
        {
            return url;
        }

        options.Refuse("url", "write an http address, for example \"http://127.0.0.1:20240/get_reward_mllm\"");
        return new Uri("http://127.0.0.1");
    }
}
