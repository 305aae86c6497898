#ifndef LACUNA_YAML_H
#define LACUNA_YAML_H

#include <yaml.h>

#endif
