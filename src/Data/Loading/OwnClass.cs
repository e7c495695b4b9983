using System.Reflection;

namespace R1Reward.Data.Loading;

/// <summary>Finds a class of the user's in an assembly file and makes an instance of it.</summary>
public static class OwnClass
{
    private static readonly Type OptionsType = typeof(IReadOnlyDictionary<string, string>);

    /// <summary>Makes an instance of a class in an assembly file.</summary>
    /// <typeparam name="T">What the class is to be; of several interfaces their common one.</typeparam>
    /// <param name="path">The assembly file.</param>
    /// <param name="className">Full name of the class.</param>
    /// <param name="options">What the constructor is given.</param>
    /// <param name="kinds">The interfaces of which the class has one; T where none are named.</param>
    /// <exception cref="UserErrorException">
    /// The file or the class is not there, or the class cannot be used.
    /// </exception>
    public static T Load<T>(
        string path, string className, IReadOnlyDictionary<string, string> options, params Type[] kinds)
        where T : class
    {
        if (!File.Exists(path))
        {
            throw new UserErrorException(
                $"{path}: no such assembly; write the path of the .dll, relative ones start at the configuration's " +
                "folder");
        }

        try
        {
            return (T)Instance(Find(path, className, kinds is [] ? [typeof(T)] : kinds), options);
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

    private static Type Find(string path, string className, Type[] kinds)
    {
        var assembly = new OwnAssemblies(path).LoadFromAssemblyPath(path);
        if (assembly.GetType(className) is not { } type)
        {
            var fitting = assembly.GetExportedTypes().Where(one => Fits(one, kinds)).Select(one => one.FullName);
            var known = string.Join(", ", fitting) is { Length: > 0 } names ? names : $"no public {Names(kinds)}";
            throw new UserErrorException($"{path} has no class {className}; it has {known}");
        }

        return Fits(type, kinds) ? type : throw new UserErrorException(
            $"{className} is no {Names(kinds)} of {kinds[0].Assembly.GetName().Name}");
    }

    private static object Instance(Type type, IReadOnlyDictionary<string, string> options)
    {
        if (type.GetConstructor([OptionsType]) is { } withOptions)
        {
            return withOptions.Invoke([options]);
        }

        if (type.GetConstructor([]) is not { } plain)
        {
            throw new UserErrorException(
                $"{type.FullName} has no public constructor without parameters or with one " +
                "IReadOnlyDictionary<string, string>");
        }

        return options.Count == 0 ? plain.Invoke([]) : throw new UserErrorException(
            $"{type.FullName} takes no options; leave `options` out, or give it a constructor with one " +
            "IReadOnlyDictionary<string, string>");
    }

    private static string Names(Type[] kinds) => string.Join(" or ", kinds.Select(kind => kind.Name));

    private static bool Fits(Type type, Type[] kinds) =>
        !type.IsAbstract && kinds.Any(kind => kind.IsAssignableFrom(type));
}
