using Microsoft.AspNetCore.Http;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Rewards.Http;
using R1Reward.Rewards.Remote;

namespace R1Reward.Rewards.Serving;

/// <summary>
/// Puts rewards on the network as the published trainers ask for them: <c>POST /get_reward_mllm</c> and
/// <c>POST /get_reward</c>, <c>GET /health</c> and <c>POST /compute</c>, with the fields of <see cref="RewardFields"/>.
/// Bad requests get 400 with the reason, scores that cannot be had 503. The scores are <c>rewards</c> as given; where
/// the judge gave no verdict on some items, <c>undecided</c> has the reason by the item's place. A reply to
/// OpenRLHF, which is known by its field <c>query</c>, has its <c>scores</c> and <c>extra_logs</c>, too.
/// </summary>
/// <remarks>
/// Differences from the published servers: every name of a field is taken on both paths, and one that is not known is
/// refused; a bad body gets 400 rather than 500; what is refused says why. As there, <c>/get_reward*</c> cuts lists of
/// unequal length to the shorter.
/// </remarks>
public sealed class RewardServer : IAsyncDisposable
{
    private readonly RewardServerOptions _options;
    private readonly IRemoteReward _rewards;
    private JsonServer _server = null!;

    private RewardServer(RewardServerOptions options, IRemoteReward rewards)
    {
        _options = options;
        _rewards = rewards;
    }

    /// <summary>The address that was bound, for example <c>http://127.0.0.1:20240</c>.</summary>
    public Uri Address => _server.Address;

    /// <summary>Requests of which something is still read, computed or sent.</summary>
    public int UnderWay => _server.UnderWay;

    /// <summary>Starts a server and waits until it listens.</summary>
    /// <exception cref="UserErrorException">
    /// Settings that cannot work, or an address that cannot be listened on.
    /// </exception>
    public static async Task<RewardServer> StartAsync(
        RewardServerOptions options, IRemoteReward rewards, CancellationToken cancellationToken = default)
    {
        var server = new RewardServer(options, rewards);
        server._server = await JsonServer.StartAsync(
            options, server.ServeAsync, Refusal, cancellationToken).ConfigureAwait(false);
        return server;
    }

    /// <summary>Takes no more requests and lets those under way end; see <see cref="JsonServer.StopAsync"/>.</summary>
    public Task<IReadOnlyList<string>> StopAsync(TimeSpan drain, TimeProvider time) => _server.StopAsync(drain, time);

    /// <summary>Ends requests under way and closes the port.</summary>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    // The trainers read `error` from /get_reward* and `detail` from /compute.
    private static JObject Refusal(int status, string reason) => new() { ["error"] = reason, ["detail"] = reason };

    private Task ServeAsync(HttpContext context) => (context.Request.Method, JsonServer.PathOf(context.Request)) switch
    {
        ("POST", "/get_reward_mllm" or "/get_reward") => ScoreAsync(context, RewardRequest.Sequences, withParts: true),
        ("POST", "/compute") => ScoreAsync(context, RewardRequest.Pictures, withParts: false),
        ("GET", "/health") => JsonServer.ReplyAsync(context, 200, ChatApi.Health()),
        (var method, "/get_reward_mllm" or "/get_reward" or "/compute" or "/health") =>
            throw new RefusedException(405, $"{method} is not served here"),
        _ => throw new RefusedException(
            404, "served are POST /get_reward_mllm, POST /get_reward, POST /compute and GET /health"),
    };

    private async Task ScoreAsync(
        HttpContext context, Func<JObject, IReadOnlyList<RemoteItem>> read, bool withParts)
    {
        var body = await _server.ReadAsync(context).ConfigureAwait(false);
        withParts &= body["query"] is not null;
        var items = read(body);
        if (items.Count > _options.MaxItems)
        {
            throw new RefusedException(
                413, $"{items.Count} items; at most {_options.MaxItems} are scored in one request");
        }

        var scores = await _rewards.ScoreAsync(items, context.RequestAborted).ConfigureAwait(false);
        if (scores.Failure is { } failure)
        {
            throw new RefusedException(scores.ItemsAtFault ? 400 : 503, failure);
        }

        var reply = new JObject { ["rewards"] = new JArray(scores.Rewards) };
        if (withParts && scores.Accuracies.Length > 0)
        {
            reply["scores"] = new JArray(scores.Accuracies);
        }

        if (withParts && scores.Parts.Count > 0)
        {
            reply["extra_logs"] = new JObject(
                scores.Parts.Select(part => new JProperty(part.Key, new JArray(part.Value))));
        }

        if (scores.Undecided.Count > 0)
        {
            reply["undecided"] = JObject.FromObject(scores.Undecided);
        }

        await JsonServer.ReplyAsync(context, 200, reply).ConfigureAwait(false);
    }
}
