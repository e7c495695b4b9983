using System.Reflection;
using R1Reward.Data;

namespace R1Reward.Rewards.Terms.Custom;

/// <summary>Finds a reward class in an assembly file and makes an instance of it.</summary>
internal static class RewardClass
{
    private static readonly Type OptionsType = typeof(IReadOnlyDictionary<string, string>);

    /// <summary>Makes an instance of a class in an assembly file.</summary>
    /// <exception cref="UserErrorException">
    /// The file or the class is not there, or the class cannot be used.
    /// </exception>
    public static IReward Load(string path, string className, IReadOnlyDictionary<string, string> options)
    {
        if (!File.Exists(path))
        {
            throw new UserErrorException(
                $"{path}: no such assembly; write the path of the .dll, relative ones start at the configuration's " +
                "folder");
        }

        try
        {
            return Instance(Find(path, className), options);
        }
        catch (TargetInvocationException thrown)
        {
            throw new UserErrorException(
                $"the constructor of {className} failed: {thrown.InnerException?.Message}", thrown);
        }
        catch (Exception broken) when (
            broken is BadImageFormatException or FileLoadException or FileNotFoundException or TypeLoadException)
        {
            throw new UserErrorException($"{path} cannot be loaded: {broken.Message}", broken);
        }
    }

    private static Type Find(string path, string className)
    {
        var assembly = new RewardAssemblies(path).LoadFromAssemblyPath(path);
        if (assembly.GetType(className) is not { } type)
        {
            var rewards = assembly.GetExportedTypes().Where(IsReward).Select(reward => reward.FullName).ToList();
            var known = rewards.Count > 0 ? string.Join(", ", rewards) : "no public reward class";
            throw new UserErrorException($"{path} has no class {className}; it has {known}");
        }

        return IsReward(type) ? type : throw new UserErrorException(
            $"{className} is neither an {nameof(IPointwiseReward)} nor an {nameof(IGroupwiseReward)} " +
            $"of {typeof(IReward).Assembly.GetName().Name}");
    }

    private static IReward Instance(Type type, IReadOnlyDictionary<string, string> options)
    {
        if (type.GetConstructor([OptionsType]) is { } withOptions)
        {
            return (IReward)withOptions.Invoke([options]);
        }

        if (type.GetConstructor([]) is not { } plain)
        {
            throw new UserErrorException(
                $"{type.FullName} has no public constructor without parameters or with one " +
                "IReadOnlyDictionary<string, string>");
        }

        return options.Count == 0 ? (IReward)plain.Invoke([]) : throw new UserErrorException(
            $"{type.FullName} takes no options; leave `options` out, or give it a constructor with one " +
            "IReadOnlyDictionary<string, string>");
    }

    private static bool IsReward(Type type) =>
        !type.IsAbstract
        && (typeof(IPointwiseReward).IsAssignableFrom(type) || typeof(IGroupwiseReward).IsAssignableFrom(type));
}
