using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json.Linq;

namespace R1Reward.Rewards.Tests.Judge;

/// <summary>A chat server on loopback whose completions a test writes.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _completions;
    private int _listings;

    private ScriptedServer(Func<int, HttpContext, Task> complete, IEnumerable<string> models)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        var listed = new JObject { ["data"] = new JArray(models.Select(id => new JObject { ["id"] = id })) }.ToString();
        _app.Run(context =>
        {
            if (context.Request.Path == "/v1/models")
            {
                Interlocked.Increment(ref _listings);
                return context.Response.WriteAsync(listed);
            }

            return complete(Interlocked.Increment(ref _completions), context);
        });
    }

    public Uri Endpoint { get; private set; } = null!;

    /// <summary>Completions asked for so far.</summary>
    public int Completions => Volatile.Read(ref _completions);

    /// <summary>How often the models were asked for.</summary>
    public int Listings => Volatile.Read(ref _listings);

    public static async Task<ScriptedServer> StartAsync(
        Func<int, HttpContext, Task> complete, params IEnumerable<string> models)
    {
        var server = new ScriptedServer(complete, models.DefaultIfEmpty("a-model"));
        await server._app.StartAsync();
        var features = server._app.Services.GetRequiredService<IServer>().Features;
        var address = features.Get<IServerAddressesFeature>()!.Addresses.Single();
        server.Endpoint = new Uri(address + "/v1");
        return server;
    }

    public static Task Say(HttpContext context, string text) =>
        context.Response.WriteAsync(
            $$$"""{"choices":[{"index":0,"message":{"role":"assistant","content":"{{{text}}}"}}]}""");

    public static Task Refuse(HttpContext context, int status, string reason = "")
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync($$$"""{"error":{"message":"{{{reason}}}"}}""");
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
