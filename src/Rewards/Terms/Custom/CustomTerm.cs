using System.Reflection;
using System.Runtime.Loader;
using R1Reward.Data;
using R1Reward.Rewards.Terms.Registry;

namespace R1Reward.Rewards.Terms.Custom;

/// <summary>
/// A user's own reward: a public class that implements <see cref="IPointwiseReward"/> or <see cref="IGroupwiseReward"/> and
/// has a constructor without parameters, or with one <c>IReadOnlyDictionary&lt;string, string&gt;</c> that takes the entry's
/// <c>options</c>. It runs with all rights of this process.
/// </summary>
public static class CustomTerm
{
    /// <summary>The term of an entry: <c>assembly</c>, <c>class</c>, <c>options</c>.</summary>
    public static IReward Create(OptionReader options, RewardFactory factory)
    {
        var (assembly, name) = (options.RequiredText("assembly"), options.RequiredText("class"));
        var given = (options.Entry("options") ?? []).Properties().ToDictionary(option => option.Name, option => option.Value.ToString(), StringComparer.Ordinal);
        if (assembly.Length > 0 && name.Length > 0)
        {
            try
            {
                return Load(Path.GetFullPath(assembly, factory.Services.Folder), name, given);
            }
            catch (UserErrorException wrong)
            {
                options.Refuse("class", wrong.Message);
            }
        }

        return new Format.FormatTerm(new Format.FormatOptions());
    }

    /// <summary>Makes an instance of a class in an assembly file.</summary>
    /// <exception cref="UserErrorException">The file or the class is not there, or the class cannot be used.</exception>
    public static IReward Load(string path, string className, IReadOnlyDictionary<string, string> options)
    {
        if (!File.Exists(path))
        {
            throw new UserErrorException($"{path}: no such assembly; write the path of the .dll, relative ones start at the configuration's folder");
        }

        try
        {
            var assembly = new Neighbours(path).LoadFromAssemblyPath(path);
            var type = assembly.GetType(className) ?? throw new UserErrorException(
                $"{path} has no class {className}; it has {Listed(assembly.GetExportedTypes().Where(IsReward).Select(reward => reward.FullName!))}");
            return IsReward(type)
                ? Guarded(Instance(type, options))
                : throw new UserErrorException($"{className} is neither an {nameof(IPointwiseReward)} nor an {nameof(IGroupwiseReward)} of {typeof(IReward).Assembly.GetName().Name}");
        }
        catch (TargetInvocationException thrown)
        {
            throw new UserErrorException($"the constructor of {className} failed: {thrown.InnerException?.Message}", thrown);
        }
        catch (Exception broken) when (broken is BadImageFormatException or FileLoadException or FileNotFoundException or TypeLoadException)
        {
            throw new UserErrorException($"{path} cannot be loaded: {broken.Message}", broken);
        }
    }

    private static object Instance(Type type, IReadOnlyDictionary<string, string> options) =>
        type.GetConstructor([typeof(IReadOnlyDictionary<string, string>)]) is { } taking ? taking.Invoke([options])
        : type.GetConstructor([]) is not { } plain ? throw new UserErrorException($"{type.FullName} has no public constructor without parameters or with one IReadOnlyDictionary<string, string>")
        : options.Count == 0 ? plain.Invoke([])
        : throw new UserErrorException($"{type.FullName} takes no options; leave `options` out, or give it a constructor with one IReadOnlyDictionary<string, string>");

    private static bool IsReward(Type type) => !type.IsAbstract && (typeof(IPointwiseReward).IsAssignableFrom(type) || typeof(IGroupwiseReward).IsAssignableFrom(type));

    private static string Listed(IEnumerable<string> names) => names.ToList() is { Count: > 0 } some ? string.Join(", ", some) : "no public reward class";

    private static IReward Guarded(object reward) => reward is IPointwiseReward pointwise ? new Pointwise(pointwise) : new Groupwise((IGroupwiseReward)reward);

    private static UserErrorException Failed(object reward, Exception thrown) =>
        new($"the reward class {reward.GetType().FullName} failed: {thrown.GetType().Name}: {thrown.Message}. Mend the class, or let it give a score without value.", thrown);

    private sealed class Neighbours(string path) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(path))
    {
        private readonly AssemblyDependencyResolver _resolver = new(path);

        // What this program has loaded is shared, so that the interfaces are the same types; the rest lies beside the assembly.
        protected override Assembly? Load(AssemblyName name) =>
            Default.Assemblies.FirstOrDefault(loaded => loaded.GetName().Name == name.Name)
            ?? (_resolver.ResolveAssemblyToPath(name) is { } file ? LoadFromAssemblyPath(file) : null);
    }

    private sealed class Pointwise(IPointwiseReward reward) : IPointwiseReward, IDisposable
    {
        public RewardField Required => reward.Required;

        public async ValueTask<RewardScore> ScoreAsync(RewardInput input, CancellationToken cancellationToken = default)
        {
            try
            {
                return await reward.ScoreAsync(input, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception thrown) when (thrown is not (OperationCanceledException or UserErrorException))
            {
                throw Failed(reward, thrown);
            }
        }

        public void Dispose() => (reward as IDisposable)?.Dispose();
    }

    private sealed class Groupwise(IGroupwiseReward reward) : IGroupwiseReward, IDisposable
    {
        public RewardField Required => reward.Required;

        public async ValueTask<IReadOnlyList<RewardScore>> ScoreAsync(IReadOnlyList<RewardInput> group, CancellationToken cancellationToken = default)
        {
            try
            {
                return await reward.ScoreAsync(group, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception thrown) when (thrown is not (OperationCanceledException or UserErrorException))
            {
                throw Failed(reward, thrown);
            }
        }

        public void Dispose() => (reward as IDisposable)?.Dispose();
    }
}
